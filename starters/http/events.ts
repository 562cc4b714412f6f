import type { FastifyRequest } from 'fastify';
import { acceptedEvents, type CloudEvent } from '../../schemas/cloud-event';
import type { PostedEvents } from '../events/posted-events';
import { MOST_BYTES, readCloudEvents, readTmfEvent, type EventMessage } from './cloud-events';
import type { HubApi } from './hub-api';
import { InputInvalid, problemSchema } from './problem';

/** Events that other systems post. */
export async function registerEvents({ app, events }: HubApi): Promise<void> {
  if (events === undefined) return;
  await app.register(async (scope) => {
    // Bodies are taken as they are: their bytes are checked before anything is made of them.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(
      '/v1/events',
      {
        config: { needs: 'events:post' },
        bodyLimit: MOST_BYTES,
        schema: {
          summary: 'Tell what happened, as CloudEvents 1.0',
          description:
            'Structured, batched or binary. All of them are taken, or none: those that are taken are kept for good when this answers. What comes twice, of the same `source` and `id`, counts once: after an answer that was lost, or a 5xx, post it again.',
          tags: ['events'],
          consumes: ['application/cloudevents+json', 'application/cloudevents-batch+json'],
          response: { 202: acceptedEvents, default: problemSchema },
        },
      },
      async (request, reply) => {
        const read = readCloudEvents(messageOf(request));
        return reply.code(202).send({ accepted: await accept(events, read) });
      },
    );
    for (const path of ['/listener', '/listener/:event']) {
      scope.post(
        path,
        {
          config: { needs: 'events:post' },
          bodyLimit: MOST_BYTES,
          schema: {
            summary: 'Tell what happened, as the Open APIs of TM Forum notify it',
            description:
              'Events of release 4 and 5, such as those of TMF621, TMF622, TMF629, TMF632 and TMF683: register `/listener` of the hub as the callback at `POST …/hub` of an API. An event is a CloudEvent of the source `urn:tmf:<resource>:<reporting system>`.',
            tags: ['events'],
            consumes: ['application/json'],
            response: { 201: acceptedEvents, default: problemSchema },
          },
        },
        async (request, reply) => {
          const read = readTmfEvent(messageOf(request));
          return reply.code(201).send({ accepted: await accept(events, [read]) });
        },
      );
    }
  });
}

function messageOf({ headers, body }: Pick<FastifyRequest, 'headers' | 'body'>): EventMessage {
  return { headers, body: (body ?? Buffer.alloc(0)) as Buffer };
}

async function accept(events: PostedEvents, read: readonly CloudEvent[]): Promise<number> {
  const { bySource, problems } = events.check(read);
  if (problems.length > 0) throw new InputInvalid(problems, 422);
  await events.keep(bySource);
  return read.length;
}

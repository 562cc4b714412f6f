import { acceptedEvents } from '../../schemas/cloud-event';
import type { PostedEvents } from '../events/posted-events';
import { MOST_BYTES, readCloudEvents } from './cloud-events';
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
      async ({ headers, body }, reply) => {
        const accepted = await acceptEvents(events, { headers, body: (body ?? Buffer.alloc(0)) as Buffer });
        return reply.code(202).send({ accepted });
      },
    );
  });
}

async function acceptEvents(events: PostedEvents, message: Parameters<typeof readCloudEvents>[0]): Promise<number> {
  const read = readCloudEvents(message);
  const { bySource, problems } = events.check(read);
  if (problems.length > 0) throw new InputInvalid(problems);
  await events.keep(bySource);
  return read.length;
}

import { gzipSync } from 'node:zlib';
import { CloudEvent, HTTP } from 'cloudevents';
import { HubError } from '../../../core/errors';
import { sourceSchema, type Source } from '../../../schemas/source';
import { PostedEvents } from '../../../starters/events/posted-events';
import type { App } from '../../../starters/http/hub-api';
import { createTestApi } from '../../support/test-api';

const source = (name: string, cloudevents: string[]): Source =>
  sourceSchema.parse({
    ...{ name, title: name, stream: { cloudevents } },
    events: {
      id: 'id',
      type: 'type',
      channel: { value: 'api' },
      time: { column: 'time', epoch: 'seconds' },
      profile: 'subject',
    },
  });
const sources = [
  source('desk', ['urn:desk']),
  source('shops', ['https://shops.example/*']),
  source('flagship', ['https://shops.example/1']),
  source('tmf', ['urn:tmf:*']),
];

let app: App;
let kept: { source: string; event: Record<string, unknown> }[];
let refuses: HubError | undefined;
beforeAll(async () => {
  const log = {
    append: async (owner: string, lines: Buffer) => {
      if (refuses !== undefined) throw refuses;
      const texts = lines.toString().split('\n').slice(0, -1);
      kept.push(...texts.map((text) => ({ source: owner, event: JSON.parse(text) as Record<string, unknown> })));
    },
    close: async () => {},
  };
  app = await createTestApi({ events: new PostedEvents(sources, log) });
});
afterAll(() => app.close());
beforeEach(() => {
  kept = [];
  refuses = undefined;
});

const event = {
  specversion: '1.0',
  id: '1',
  source: 'urn:desk',
  type: 'call',
  time: '2026-01-01T10:00:00.123456Z',
  subject: 'C1',
};
async function post(payload: string | Buffer, headers: Record<string, string> = {}) {
  const response = await app.inject({
    method: 'POST',
    url: '/v1/events',
    headers: { 'content-type': 'application/cloudevents+json', ...headers },
    payload,
  });
  return { status: response.statusCode, headers: response.headers, body: response.json<Record<string, unknown>>() };
}
const postOne = (changes: object) => post(JSON.stringify({ ...event, ...changes }));
const postBatch = (events: readonly object[]) =>
  post(JSON.stringify(events), { 'content-type': 'application/cloudevents-batch+json; charset=UTF-8' });

describe('is taken, as it came', () => {
  it('one event', async () => {
    const data = { channel: 'phone', nested: { deep: [1, 2.5, null] } };
    expect(await postOne({ data, priority: 3, isvip: true })).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(kept).toEqual([{ source: 'desk', event: { ...event, data, priority: 3, isvip: true } }]);
  });

  it('a batch, each event for the source whose it is, the most exact first', async () => {
    const from = ['urn:desk', 'https://shops.example/1', 'https://shops.example/2'];
    const batch = from.map((each, index) => ({ ...event, id: String(index), source: each }));
    expect(await postBatch(batch)).toMatchObject({ status: 202, body: { accepted: 3 } });
    expect(kept.map(({ source: owner, event: { id } }) => [owner, id])).toEqual([
      ['desk', '0'],
      ['flagship', '1'],
      ['shops', '2'],
    ]);
  });

  it('what the official library sends, in both its modes', async () => {
    const sent = new CloudEvent({ ...event, id: 'é 1', data: { channel: 'web' }, extension: 'x' });
    for (const message of [HTTP.binary(sent), HTTP.structured(sent)]) {
      const answer = await post(message.body as string, message.headers as Record<string, string>);
      expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
    }
    expect(kept.map(({ event: own }) => own)).toEqual([
      expect.objectContaining({ id: 'é 1', subject: 'C1', data: { channel: 'web' }, extension: 'x' }),
      expect.objectContaining({ id: 'é 1', subject: 'C1', data: { channel: 'web' }, extension: 'x' }),
    ]);
  });

  it('but for a key that would change what all objects are', async () => {
    const { status } = await post(`{"__proto__":{"polluted":"yes"},${JSON.stringify(event).slice(1)}`);
    expect([status, kept]).toEqual([202, [{ source: 'desk', event }]]);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('gzip', async () => {
    const answer = await post(gzipSync(JSON.stringify(event)), { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
  });

  it('attributes that no header can have, percent-encoded', async () => {
    const headers = { 'ce-id': '%C3%A9%20%251', 'ce-source': 'urn:desk', 'ce-type': 'call', 'ce-specversion': '1.0' };
    expect(await post('', { ...headers, 'content-type': 'text/plain' })).toMatchObject({ status: 202 });
    expect(kept).toMatchObject([{ event: { id: 'é %1' } }]);
    expect(await post('', { ...headers, 'ce-id': '%', 'content-type': 'text/plain' })).toMatchObject({ status: 400 });
    expect(kept).toHaveLength(1);
  });

  it('without a time, as of now', async () => {
    await postOne({ time: undefined });
    const [{ event: own }] = kept as [(typeof kept)[0]];
    expect(Math.abs(Date.now() - Date.parse(own['time'] as string))).toBeLessThan(60_000);
  });
});

describe('is refused, whole, with a problem', () => {
  afterEach(() => expect(kept).toEqual([]));
  const nested = (levels: number) => `{"data":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  it.each<[string, object, string, number?]>([
    ['no id', { id: undefined }, 'id'],
    ['an empty id', { id: '' }, 'id'],
    ['another version', { specversion: '0.3' }, 'specversion'],
    ['no type', { type: undefined }, 'type'],
    ['a time without a zone', { time: '2026-01-01T10:00:00' }, 'time'],
    ['a time that is none', { time: 'yesterday' }, 'time'],
    ['a clock far in the future', { time: '2126-01-01T10:00:00Z' }, 'time', 422],
    ['a source that is of none', { source: 'urn:other' }, 'source', 422],
    ['a source that is no URI reference', { source: 'http://[' }, 'source', 422],
    ['an extension in capitals', { Priority: 1 }, 'Priority', 422],
    ['an extension that is an object', { more: {} }, 'more'],
    ['two kinds of data', { data: 1, data_base64: 'AQ==' }, 'data_base64', 422],
  ])('an event with %s', async (_what, changes, field, expected = 400) => {
    const { status, body } = await postOne(changes);
    expect([status, (body['errors'] as { field: string }[]).map((error) => error.field)]).toEqual([expected, [field]]);
  });

  it('a batch of which one is wrong, which is named', async () => {
    const { status, body } = await postBatch([event, { ...event, id: '2', source: 'urn:other' }]);
    expect([status, body['errors']]).toMatchObject([422, [{ field: '1.source' }]]);
  });

  it.each<[string, string | Buffer, Record<string, string>, number]>([
    ['no JSON', '{"id":', {}, 400],
    ['nothing', '', {}, 400],
    ['no object', '5', {}, 400],
    ['an empty batch', '[]', { 'content-type': 'application/cloudevents-batch+json' }, 400],
    ['what is nested deep', nested(200_000), {}, 400],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400],
    ['another encoding', '{}', { 'content-encoding': 'br' }, 415],
    ['no gzip that says so', 'plain', { 'content-encoding': 'gzip' }, 400],
    ['a bomb of gzip', gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }, 413],
    ['ten megabytes', Buffer.alloc(10_000_000, 0x20), {}, 413],
    ['plain JSON', '{}', { 'content-type': 'application/json' }, 415],
    [
      'binary mode without a type',
      '{}',
      { 'content-type': 'application/json', 'ce-id': '1', 'ce-source': 'urn:desk', 'ce-specversion': '1.0' },
      400,
    ],
  ])('%s', async (_what, payload, headers, status) => {
    const answer = await post(payload, headers);
    expect(answer).toMatchObject({ status, body: { status } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('what there is no room for, until there is', async () => {
    refuses = new HubError('INGEST_BUSY', 'busy', { retryable: true, retryAfterMs: 1_000 });
    expect(await postOne({})).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    refuses = new HubError('LANDING_UNAVAILABLE', 'the disk of the landing folder is full', { retryable: true });
    expect(await postOne({})).toMatchObject({
      status: 503,
      body: { detail: 'the disk of the landing folder is full' },
    });
  });
});

describe('what the Open APIs of TM Forum notify', () => {
  const ticket = {
    ...{ eventId: '7', eventTime: '2026-01-05T10:00:00Z', eventType: 'TroubleTicketCreateEvent' },
    event: { troubleTicket: { id: 'T1', relatedParty: [{ id: 'C1', role: 'customer' }] } },
  };
  const notify = async (body: object | string, path = '/listener', headers: Record<string, string> = {}) => {
    const sent = { 'content-type': 'application/json', ...headers };
    return app.inject({ method: 'POST', url: path, headers: sent, payload: body });
  };

  it.each(['/listener', '/listener/troubleTicketCreateEvent'])('is taken at %s', async (path) => {
    const response = await notify(ticket, path);
    expect([response.statusCode, response.json()]).toEqual([201, { accepted: 1 }]);
    const event = { id: '7', subject: 'C1', step: 'trouble_ticket_created', source: 'urn:tmf:troubleTicket:unknown' };
    expect(kept).toMatchObject([{ source: 'tmf', event }]);
  });

  it('is refused where it is none, with what is wrong', async () => {
    const response = await notify({ ...ticket, eventType: 5 });
    expect([response.statusCode, response.json()]).toMatchObject([400, { errors: [{ field: 'eventType' }] }]);
    expect((await notify('{')).statusCode).toBe(400);
    expect((await notify(JSON.stringify(ticket), '/listener', { 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect(kept).toEqual([]);
  });
});

it('a hub without such sources has no such address', async () => {
  const bare = await createTestApi();
  expect((await bare.inject({ method: 'POST', url: '/v1/events', payload: {} })).statusCode).toBe(404);
  await bare.close();
});

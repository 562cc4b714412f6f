import { randomBytes } from 'node:crypto';
import { HTTP, type CloudEvent } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { HttpWebhooks } from '../../adapters/webhooks/http-webhooks';
import type { HubError } from '../../core/errors';
import { webhook } from '../../schemas/webhook';
import { WebhookReceiver } from '../support/webhook-receiver';

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
const EVENT = {
  id: 'crm/milestone:churned/c%201/1767225600000/1',
  type: 'org.journeyhub.milestone.reached',
  subject: 'c 1',
  time: Date.UTC(2026, 0, 1),
  data: { milestone: 'churned', note: 'Zoë → "left"' },
};

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.stop());

function webhooks({
  url = receiver.url,
  environment = { CRM_SECRET: SECRET } as NodeJS.ProcessEnv,
  timeout = '10s',
} = {}) {
  const crm = webhook.parse({ url, secretVariable: 'CRM_SECRET', timeout });
  return new HttpWebhooks({ webhooks: { crm }, hub: 'Telco & co', environment });
}

/** What telling the receiver fails with. */
async function failure(options: Parameters<typeof webhooks>[0] = {}, signal?: AbortSignal): Promise<HubError> {
  return webhooks(options)
    .tell('crm', EVENT, signal)
    .then(
      () => Promise.reject(new Error('it did not fail')),
      (error: HubError) => error,
    );
}

describe('a webhook', () => {
  it('is told a CloudEvent, signed so that the libraries of Standard Webhooks take it', async () => {
    expect(await webhooks().tell('crm', EVENT)).toBe(204);
    const [{ method, headers, body } = { method: '', headers: {}, body: '' }] = receiver.received;
    expect(method).toBe('POST');
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({ id: EVENT.id });
    const event = HTTP.toEvent({ headers, body }) as CloudEvent<object>;
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: EVENT.id,
      type: EVENT.type,
      source: '/hubs/Telco%20%26%20co',
      subject: 'c 1',
      time: '2026-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      data: EVENT.data,
    });
    expect(headers['content-type']).toMatch(/^application\/cloudevents\+json/);
  });

  it('does not take it from somebody who has another secret', async () => {
    await webhooks().tell('crm', EVENT);
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    const other = new Webhook(`whsec_${randomBytes(32).toString('base64')}`);
    expect(() => other.verify(body, headers as Record<string, string>)).toThrow();
    expect(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow();
  });

  it.each([500, 502, 503, 429, 408])('that answers %i is worth another try', async (status) => {
    receiver.answer = (response) => response.writeHead(status).end('busy');
    expect(await failure()).toMatchObject({ code: 'WEBHOOK_UNREACHABLE', retryable: true });
  });

  it.each([400, 401, 404, 410, 302])('that answers %i will not have it', async (status) => {
    receiver.answer = (response) => response.writeHead(status, { location: receiver.url }).end();
    expect(await failure()).toMatchObject({ code: 'WEBHOOK_REFUSED', retryable: false });
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ['seconds', () => '120', 120_000],
    ['a date', () => new Date(Date.now() + 120_000).toUTCString(), 120_000],
    ['longer than an hour', () => '864000', 3_600_000],
  ])('says when it wants to be told again: in %s', async (_, retryAfter, expected) => {
    receiver.answer = (response) => response.writeHead(503, { 'retry-after': retryAfter() }).end();
    const { retryAfterMs } = await failure();
    expect(Math.abs(retryAfterMs! - expected)).toBeLessThanOrEqual(10_000);
  });

  it('that does not answer in its time, or is not there, is worth another try, and the reason is told', async () => {
    receiver.answer = () => undefined;
    expect(await failure({ timeout: '50ms' })).toMatchObject({
      code: 'WEBHOOK_UNREACHABLE',
      message: expect.stringContaining('no answer within 50 ms') as string,
    });
    const { url } = receiver;
    await receiver.stop();
    const gone = await failure({ url });
    expect(gone.code).toBe('WEBHOOK_UNREACHABLE');
    expect(gone.message).toContain('ECONNREFUSED');
  });

  it('is not waited for when it is called off', async () => {
    const controller = new AbortController();
    receiver.answer = () => controller.abort(new Error('called off'));
    expect((await failure({}, controller.signal)).message).toBe('called off');
  });

  it.each([{}, { CRM_SECRET: '' }, { CRM_SECRET: 'whsec_!' }])(
    'whose secret is not there is worth another try: %j',
    async (environment) => {
      const error = await failure({ environment: environment as NodeJS.ProcessEnv });
      expect(error).toMatchObject({ code: 'WEBHOOK_SECRET_MISSING', retryable: true });
      expect(error.message).toContain('CRM_SECRET');
      expect(receiver.received).toEqual([]);
    },
  );

  it('that is not in hub.yaml any more is said to be', async () => {
    await expect(webhooks().tell('toString', EVENT)).rejects.toMatchObject({ code: 'WEBHOOK_UNKNOWN' });
  });
});

describe('the address of a webhook', () => {
  it.each([
    ['http://engagement.example/hook', 'https'],
    ['ftp://engagement.example', 'expected an address'],
    ['https://user:secret@engagement.example', 'no credentials'],
    ['nonsense', 'expected an address'],
  ])('is not %s', (url, message) => {
    const { error } = webhook.safeParse({ url, secretVariable: 'S' });
    expect(error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  it.each(['https://engagement.example/hook', 'http://localhost:9/', 'http://[::1]/', 'http://127.0.0.1/'])(
    'may be %s',
    (url) => {
      expect(webhook.safeParse({ url, secretVariable: 'S' }).success).toBe(true);
    },
  );
});

import { types } from 'node:util';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { HubError, messageOf } from '../../core/errors';
import type { OutgoingEvent, Webhooks } from '../../ports/webhooks';
import type { WebhookSettings } from '../../schemas/webhook';

export interface HttpWebhooksOptions {
  readonly webhooks: Readonly<Record<string, WebhookSettings>>;
  /** Names the hub as the source of its events. */
  readonly hub: string;
  /** Has the secrets. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What a receiver may answer that is over by and by: it waits, is asked too often, or is not well. */
const WORTH_TRYING_AGAIN = [408, 425, 429];
const JSON_DATA = { datacontenttype: 'application/json' };
/** A receiver that asks for more is asked again all the same, or nothing would be delivered before it is given up. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * CloudEvents by HTTP, in structured mode, signed as Standard Webhooks 1.0 says: the headers `webhook-id`,
 * `webhook-timestamp` and `webhook-signature`, an HMAC-SHA256 over id, time and body. Receivers verify it with that
 * project's libraries. Redirects are not followed: what is told was meant for one address.
 */
export class HttpWebhooks implements Webhooks {
  constructor(private readonly options: HttpWebhooksOptions) {}

  async tell(name: string, event: OutgoingEvent, signal?: AbortSignal): Promise<number> {
    const settings = this.settingsOf(name);
    const { headers, body } = this.signed(event, this.secretOf(name, settings));
    const timeout = AbortSignal.timeout(settings.timeout);
    let response: Response;
    try {
      response = await fetch(settings.url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      const reason = timeout.aborted ? `no answer within ${settings.timeout} ms` : reasonOf(error);
      throw new HubError('WEBHOOK_UNREACHABLE', `webhook "${name}": ${settings.url}: ${reason}`, {
        retryable: true,
        cause: error,
      });
    }
    await response.body?.cancel();
    if (!response.ok) throw refusal(name, settings, response);
    return response.status;
  }

  private settingsOf(name: string): WebhookSettings {
    const { webhooks } = this.options;
    const settings = Object.hasOwn(webhooks, name) ? webhooks[name] : undefined;
    if (settings !== undefined) return settings;
    throw new HubError('WEBHOOK_UNKNOWN', `hub.yaml: webhooks: there is no webhook "${name}" any more`);
  }

  private secretOf(name: string, { secretVariable }: WebhookSettings): Webhook {
    const secret = this.options.environment[secretVariable];
    const field = `webhooks.${name}.secretVariable`;
    const missing = (reason: string) =>
      // Whoever starts the worker again with the secret need not tell anything again.
      new HubError('WEBHOOK_SECRET_MISSING', `${field}: ${reason}`, { field, retryable: true });
    if (secret === undefined || secret === '') {
      throw missing(`the environment variable ${secretVariable} is not set; set it and start the worker again`);
    }
    try {
      return new Webhook(secret);
    } catch {
      throw missing(
        `the environment variable ${secretVariable} is not whsec_ and base64; make one: openssl rand -base64 32`,
      );
    }
  }

  private signed(
    { id, type, subject, time, data }: OutgoingEvent,
    secret: Webhook,
  ): { headers: Record<string, string>; body: string } {
    const source = `/hubs/${encodeURIComponent(this.options.hub)}`;
    const message = HTTP.structured(
      new CloudEvent({ id, type, source, subject, time: new Date(time).toISOString(), ...JSON_DATA, data }),
    );
    const body = String(message.body);
    const now = new Date();
    const headers = {
      ...(message.headers as Record<string, string>),
      'user-agent': 'journey-hub',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secret.sign(id, now, body),
    };
    return { headers, body };
  }
}

function refusal(name: string, { url }: WebhookSettings, { status, headers }: Response): HubError {
  const isOver = status >= 500 || WORTH_TRYING_AGAIN.includes(status);
  const answer = `webhook "${name}": ${url} answered ${status}`;
  if (!isOver) return new HubError('WEBHOOK_REFUSED', `${answer}; mend the receiver or the address, then retry`);
  const retryAfterMs = waitOf(headers.get('retry-after'));
  return new HubError('WEBHOOK_UNREACHABLE', answer, {
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Seconds or a date, in milliseconds from now. */
function waitOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const ms = /^[0-9]+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  return messageOf(types.isNativeError(error) && error.cause !== undefined ? error.cause : error);
}

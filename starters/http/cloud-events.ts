import { gunzipSync } from 'node:zlib';
import { HTTP, type CloudEvent as BinaryEvent, type Headers } from 'cloudevents';
import { z } from 'zod';
import { HubError, messageOf } from '../../core/errors';
import { cloudEventOf } from '../../core/tmf/cloud-event-of';
import { cloudEvent, type CloudEvent } from '../../schemas/cloud-event';
import { tmfEvent } from '../../schemas/tmf-event';
import { checkInput } from './problem';

/** What one request may hold, unpacked; how deep its JSON is nested; and how many events. */
export const MOST_BYTES = 5 * 1024 * 1024;
const MOST_NESTED = 64;
export const MOST_EVENTS = 10_000;

const batch = z.array(cloudEvent).min(1).max(MOST_EVENTS);

export interface EventMessage {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/**
 * The events of a request, in any of the modes of the HTTP binding of CloudEvents 1.0: structured, batched, or binary.
 *
 * @throws HubError INPUT_INVALID, BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED; a request that does not fit its schema, with all fields at fault
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function readCloudEvents({ headers, body }: EventMessage): CloudEvent[] {
  const text = textOf(unpacked(body, headers['content-encoding']));
  const type = String(headers['content-type'] ?? '').toLowerCase();
  if (type.startsWith('application/cloudevents-batch+json')) return checkInput(batch, jsonOf(text));
  if (type.startsWith('application/cloudevents+json')) return [checkInput(cloudEvent, jsonOf(text))];
  if (headers['ce-id'] !== undefined || headers['ce-specversion'] !== undefined)
    return [checkInput(cloudEvent, binaryEvent(headers, text, type))];
  throw new HubError(
    'MEDIA_TYPE_UNSUPPORTED',
    'expected the content type application/cloudevents+json or application/cloudevents-batch+json, or the headers ce-id, ce-source, ce-type and ce-specversion',
  );
}

/**
 * The event of a request as TM Forum's Open APIs notify it, as a CloudEvent.
 *
 * @throws as `readCloudEvents`
 */
export function readTmfEvent({ headers, body }: EventMessage): CloudEvent {
  const type = String(headers['content-type'] ?? '').toLowerCase();
  if (!/^application\/json\b/.test(type))
    throw new HubError('MEDIA_TYPE_UNSUPPORTED', 'expected the content type application/json');
  const event = checkInput(tmfEvent, jsonOf(textOf(unpacked(body, headers['content-encoding']))));
  return checkInput(cloudEvent, cloudEventOf(event));
}

function unpacked(body: Buffer, encoding: string | string[] | undefined): Buffer {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new HubError(
      'MEDIA_TYPE_UNSUPPORTED',
      `content-encoding: expected gzip or none, found "${String(encoding)}"`,
    );
  try {
    return gunzipSync(body, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new HubError('BODY_TOO_LARGE', `expected ${MOST_BYTES} bytes at most when it is unpacked`);
    throw new HubError('INPUT_INVALID', `body: expected gzip, as content-encoding says: ${messageOf(error)}`);
  }
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new HubError('INPUT_INVALID', 'body: expected UTF-8', { field: 'body' });
  }
}

function jsonOf(text: string): unknown {
  if (isNestedDeeper(text, MOST_NESTED))
    throw new HubError('INPUT_INVALID', `body: expected JSON of ${MOST_NESTED} levels at most`, { field: 'body' });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HubError('INPUT_INVALID', `body: expected JSON: ${messageOf(error)}`, { field: 'body' });
  }
}

/** Without parsing: what is nested deep takes more of the stack than there is, wherever it is walked through. */
function isNestedDeeper(json: string, most: number): boolean {
  let [depth, isText] = [0, false];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (isText) {
      if (character === '\\') at++;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === '{' || character === '[') {
      if (++depth > most) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}

/** Attributes are headers, and the body is the data. */
function binaryEvent(headers: EventMessage['headers'], text: string, type: string): object {
  const isJson = /^[^;]*[/+]json\b/.test(type);
  const data = isJson && text !== '' ? jsonOf(text) : text;
  try {
    const decoded = Object.entries(headers).map(([name, value]) => [
      name,
      name.startsWith('ce-') ? percentDecoded(value) : value,
    ]);
    const event = HTTP.toEvent({ headers: Object.fromEntries(decoded) as Headers, body: undefined }) as BinaryEvent;
    const attributes = Object.entries(event.toJSON()).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(attributes), ...(text === '' ? {} : { data }) };
  } catch (error) {
    throw new HubError('INPUT_INVALID', `headers: ${messageOf(error)}`, { field: 'headers' });
  }
}

/** What a header cannot have is percent-encoded, which the library leaves as it is. */
function percentDecoded(value: string | string[] | undefined): string {
  return decodeURIComponent(String(value));
}

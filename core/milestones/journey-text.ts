import { HubError } from '../errors';
import type { JourneyEvent } from './pattern';

const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { d: DAY_MS, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const OFFSET = /^(?:[0-9]+(?:d|h|ms|m|s))+$/;

/**
 * A journey as people write it down: `bill_shock@0d, call_center/phone@2d12h, bill_issued;amount=120@30d`. Each event has
 * its type, perhaps its channel and attributes, and how long after the beginning (time 0) it was.
 *
 * @throws HubError JOURNEY_INVALID naming the event
 */
export function parseJourney(text: string): JourneyEvent[] {
  return text.split(',').map((part, index) => parseEvent(part.trim(), index));
}

function parseEvent(text: string, index: number): JourneyEvent {
  const match = /^(?<type>[^/;@]+)(?:\/(?<channel>[^;@]*))?(?<attributes>(?:;[^;=@]+=[^;@]*)*)@(?<offset>[^@]+)$/.exec(
    text,
  );
  if (match?.groups === undefined) {
    throw invalid(
      text,
      index,
      'expected TYPE[/CHANNEL][;ATTRIBUTE=VALUE]@TIME, such as bill_shock@0d or call_center/phone@2d12h',
    );
  }
  const { type, channel = '', attributes, offset } = match.groups as Record<string, string>;
  const pairs = attributes!
    .split(';')
    .slice(1)
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return {
    id: `${index}`,
    type: type!,
    channel,
    at: parseOffset(offset!, () =>
      invalid(text, index, `"${offset}" is no time; expected one such as 0d, 36h or 2d12h`),
    ),
    attributes: Object.fromEntries(pairs) as Record<string, string>,
  };
}

/** A time after the beginning, such as `2d12h`, in milliseconds. */
export function parseOffset(text: string, otherwise: () => Error): number {
  if (!OFFSET.test(text)) throw otherwise();
  const parts = [...text.matchAll(/([0-9]+)(d|h|ms|m|s)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!]!, 0);
}

function invalid(text: string, index: number, problem: string): HubError {
  return new HubError('JOURNEY_INVALID', `event ${index + 1} of the journey, "${text}": ${problem}`, {
    field: 'journey',
  });
}

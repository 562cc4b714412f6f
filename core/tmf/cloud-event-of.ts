import type { TmfEvent } from '../../schemas/tmf-event';
import { channelOf, partyIdOf, personOf, stateOf } from './resource';

/**
 * A TM Forum event as a CloudEvent: `eventId`, `eventTime` and `eventType` are its id, time and type, the party is its subject, and
 * whoever reports it is its source, `urn:tmf:<resource>:<system>`. What release 4 calls a change of status is one of state, as in 5.
 *
 * The extension `step` says in words what happened, such as `trouble_ticket_created` or `product_order_completed`; the data has
 * `channel`, `state` and `person` as they can be told of any release, and the `resource` as it came.
 */
export function cloudEventOf(event: TmfEvent): object {
  const [[name, resource]] = Object.entries(event.event) as [[string, Record<string, unknown>]];
  const type = event.eventType.replace(/StatusChange(?=Event$|$)/, 'StateChange');
  const time = event.eventTime ?? event.timeOccurred ?? event.timeOcurred;
  const subject = partyIdOf(name, resource);
  const [channel, state] = [channelOf(resource), stateOf(resource)];
  return {
    specversion: '1.0',
    id: event.eventId,
    source: `urn:tmf:${encodeURIComponent(name)}:${encodeURIComponent(reporterOf(event))}`,
    type,
    ...(time !== undefined && { time }),
    ...(subject !== undefined && { subject }),
    step: stepOf(name, type, state),
    data: {
      ...(channel !== undefined && { channel }),
      ...(state !== undefined && { state }),
      person: personOf(resource),
      resource,
    },
  };
}

function reporterOf({ reportingSystem, source, domain }: TmfEvent): string {
  const named = [reportingSystem, source].map((of) => (typeof of === 'object' ? (of.name ?? of.id) : of));
  return named.find((name) => name !== undefined) ?? domain ?? 'unknown';
}

/** What happened, by the names of resource and event: `TroubleTicketCreateEvent` is `trouble_ticket_created`. */
function stepOf(resource: string, type: string, state: string | undefined): string {
  const own = snake(resource);
  const action = snake(type.replace(/Event$/, '')).replace(new RegExp(`^${own}_`), '');
  if (action === 'create') return `${own}_created`;
  if (action === 'delete') return `${own}_deleted`;
  if (action === 'state_change' && state !== undefined) return `${own}_${snake(state)}`;
  return `${own}_${action}`;
}

function snake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

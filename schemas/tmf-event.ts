import { z } from 'zod';

const time = z.iso.datetime({ offset: true });
const reference = z.union([
  z.string().min(1),
  z.looseObject({ id: z.string().optional(), name: z.string().optional() }),
]);

/**
 * An event as TM Forum's Open APIs notify it (TMF630, design guidelines), of the releases 4 and 5: in 4 the time of what happened is
 * spelled `timeOcurred`.
 */
export const tmfEvent = z.looseObject({
  eventId: z.string().min(1).max(1_000),
  eventType: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'expected a name such as TroubleTicketCreateEvent'),
  eventTime: time.optional(),
  timeOccurred: time.optional(),
  timeOcurred: time.optional(),
  domain: z.string().optional(),
  reportingSystem: reference.optional(),
  source: reference.optional(),
  event: z
    .record(z.string(), z.looseObject({ id: z.string().min(1).optional() }))
    .refine((event) => Object.keys(event).length === 1, 'expected one resource, such as { "troubleTicket": { … } }'),
});

export type TmfEvent = z.infer<typeof tmfEvent>;

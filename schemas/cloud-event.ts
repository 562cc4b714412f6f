import { z } from 'zod';

const SPEC = 'https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md';

/** Names of attributes are lower-case letters and digits. */
const ATTRIBUTE = /^[a-z0-9]+$/;
const isUriReference = (text: string) => URL.canParse(text, 'http://base');
const uriReference = z.string().min(1).max(2_000).refine(isUriReference, { error: 'expected a URI reference' });
const word = z.string().min(1).max(2_000);

/**
 * An event as CloudEvents 1.0 has it, in its JSON format. Beside the attributes of the specification there may be extensions: texts,
 * whole numbers of 32 bits, or booleans.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const cloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: word.describe('Of one `source`, no two events have the same: what comes twice counts once.'),
    source: uriReference.describe('Who tells it. It says which of the hub’s sources the event is of.'),
    type: word,
    time: z.iso.datetime({ offset: true, local: false }).optional().describe('When it happened; by default, now.'),
    subject: word.optional().describe('Whom it happened to, as the source knows them.'),
    datacontenttype: word.optional(),
    dataschema: word.refine((text) => URL.canParse(text), { error: 'expected a URI' }).optional(),
    data: z.json().optional(),
    data_base64: z.base64().optional(),
  })
  .catchall(z.union([z.string(), z.int32(), z.boolean()]))
  .superRefine((event, context) => {
    for (const name of Object.keys(event)) {
      if (ATTRIBUTE.test(name) || name === 'data_base64') continue;
      context.addIssue({ code: 'custom', path: [name], message: 'expected a name of lower-case letters and digits' });
    }
    if (event.data !== undefined && event.data_base64 !== undefined)
      context.addIssue({ code: 'custom', path: ['data_base64'], message: 'expected nothing beside data' });
  })
  .describe(`CloudEvents 1.0, ${SPEC}`);

export type CloudEvent = z.infer<typeof cloudEvent>;

export const acceptedEvents = z.object({
  accepted: z.number().int().describe('How many are kept for good, and are on their way to lake and graph.'),
});

import { z } from 'zod';

export const INDEX_VERSION = 1;

const count = z.number().int().min(0);

/** What of the files of an index counts: what they hold beyond that was left by a run that failed. */
export const indexManifest = z.strictObject({
  version: z.literal(INDEX_VERSION),
  model: z.string().describe('SHA-256 of the model file that the records were tied by.'),
  generation: count.describe('How many times the index was written: names the files that are written whole.'),
  slots: count,
  idBytes: count,
  names: count,
  nameBytes: count,
  rules: count.default(0).describe('How many deterministic rules tie records as well as the model does.'),
  sums: z
    .record(z.string(), z.number())
    .default({})
    .describe('By file, the CRC-32 of what counts of it; a file without one is not checked.'),
  hub: z
    .strictObject({
      run: z.string().describe('The resolution of the lake that it goes with.'),
      settings: z.string().describe('What of identity.yaml the model and the keys of rules depend on, as a hash.'),
      assertions: z.number().int().describe('The last of the assertions that count in it.'),
    })
    .optional()
    .describe('Of an index of the profiles of a hub.'),
});

export type IndexManifest = z.infer<typeof indexManifest>;

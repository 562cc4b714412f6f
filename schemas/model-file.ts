import { z } from 'zod';
import { linkageSettings } from './linkage';

/** What `hub identity train` writes, and what it says of itself. */
export const MODEL_FORMAT = 'journey-hub/linkage-model';
/** Of 1, phones were their last nine digits, dates were read day first, and names had other levels. */
export const MODEL_VERSION = 2;

/** Read first: whether the rest can be understood at all. */
export const modelHeader = z.object({ format: z.literal(MODEL_FORMAT), version: z.number().int() });

const shares = z.array(z.number().min(0));
/** By which fields are missing (a bit each). */
const byMissing = z.array(z.tuple([z.number().int().min(0), z.number().min(0)]));

const rarity = z.number().int().min(0).max(2);
/** Of a value that stands for none. */
const placeholder = 3;

/** A linkage model with everything that blocking and scoring need. Numbers are exact: JSON has the shortest that reads back the same. */
export const modelFile = z.strictObject({
  format: z.literal(MODEL_FORMAT),
  version: z.literal(MODEL_VERSION),
  records: z.number().int().min(0).describe('How many records it was learned from.'),
  settings: linkageSettings,
  blocking: z.array(z.array(z.string()).min(1).max(2)).describe('Blocking rules, each by the names of its keys.'),
  rarities: z
    .array(
      z.strictObject({
        others: rarity.describe('Of values that are not among these.'),
        values: z.array(z.number().int().min(0)).describe('Hashes of values, ascending.'),
        rarities: z.array(z.union([rarity, z.literal(placeholder)])),
      }),
    )
    .describe('By field: how frequent values are, as the levels of equal values are numbered.'),
  chance: z.strictObject({ pairs: z.number().min(0), levels: z.array(shares), missing: byMissing }),
  classes: z.record(
    z.string(),
    z.strictObject({ pairs: z.number().min(0), levels: z.array(shares), missing: byMissing }),
  ),
});

export type ModelFile = z.infer<typeof modelFile>;

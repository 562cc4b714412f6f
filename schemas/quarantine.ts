import { z } from 'zod';

const kind = z.string().min(1).max(2_000);

export const quarantineAnswer = z.object({
  total: z.number().int(),
  groups: z
    .array(
      z.object({
        source: z.string(),
        reason: z.string().describe('Why, without what tells one row from another.'),
        rows: z.number().int(),
        redrivable: z
          .number()
          .int()
          .describe('Those that may be read again; others are lines that nothing can take apart.'),
        first: z.string().describe('The business date on which the first came, YYYY-MM-DD.'),
        last: z.string(),
      }),
    )
    .describe('The largest first.'),
});

export const quarantineRowsQuestion = z.strictObject({
  source: z.string().min(1),
  reason: kind.optional().describe('As the groups have it.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  cursor: z.coerce.number().int().min(0).default(0).describe("The last page's `next`."),
});

export const quarantineRows = z.object({
  total: z.number().int(),
  rows: z.array(
    z.object({
      file: z.string(),
      row: z.number().int(),
      reason: z.string(),
      raw: z.string().nullable().describe('The row as it came; null where it cannot be told.'),
      businessDate: z.string(),
    }),
  ),
  next: z.number().int().optional(),
});

/** Input of the workflow `redriveQuarantine`. */
export const redriveInput = z.strictObject({
  source: z.string().min(1).describe('Whose rows are read again, by its mapping as it is now.'),
  reason: kind.optional().describe('Only rows that were refused for this reason, as the groups have it.'),
});

export type QuarantineAnswer = z.infer<typeof quarantineAnswer>;
export type QuarantineRowsInput = z.input<typeof quarantineRowsQuestion>;
export type QuarantineRows = z.infer<typeof quarantineRows>;
export type RedriveInput = z.input<typeof redriveInput>;

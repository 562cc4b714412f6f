import { z } from 'zod';

/** What a backup says of itself. */
export const inventorySchema = z.object({
  hub: z.string(),
  /** Of the hub that made it. */
  version: z.string(),
  createdAt: z.string(),
  /** By path: SHA-256 in hex, and epoch milliseconds by which a file that arrived is known again. */
  files: z.record(z.string(), z.object({ sha256: z.string(), modifiedAt: z.number() })),
});

export type Inventory = z.infer<typeof inventorySchema>;

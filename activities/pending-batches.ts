import { literal } from '../core/sql/quote';
import type { PendingBatches } from '../core/lake/queries';
import type { Lake, LakeCommit, ReadOptions } from '../ports/lake';

/** What follows the lake batch by batch; `scores` takes scorings into the graph. */
export type Consumer = 'graph' | 'journeys' | 'kpis' | 'milestones' | 'scores';

/** Batches of landed rows and of changes of identity that the lake has and a consumer has not taken. */
export async function pendingBatches(lake: Lake, consumer: Consumer, read: ReadOptions): Promise<PendingBatches> {
  const of = async (table: 'files' | 'identity_changes') => {
    const rows = await lake.rows<{ batch: string }>(
      `SELECT DISTINCT batch FROM ${table}
WHERE batch NOT IN (SELECT batch FROM consumed_batches WHERE consumer = ${literal(consumer)}) ORDER BY batch`,
      read,
    );
    return rows.map(({ batch }) => batch);
  };
  return { landed: await of('files'), identity: await of('identity_changes') };
}

/** What a commit adds to say that a consumer has taken batches. */
export function consumed(
  consumer: Consumer,
  batch: readonly string[],
): Required<Pick<LakeCommit, 'inputs' | 'writes'>> {
  return {
    inputs: { taken: { columns: { batch: 'VARCHAR' }, batches: [{ rows: batch.length, columns: { batch } }] } },
    writes: [
      {
        table: 'consumed_batches',
        mode: 'append',
        select: `SELECT ${literal(consumer)} AS consumer, batch FROM taken`,
      },
    ],
  };
}

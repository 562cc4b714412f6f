import {
  forgettingWrites,
  heldScoringsSql,
  scoringsToForget,
  type HeldScoring,
} from '../core/propensity/forget-scores';
import type { Lake } from '../ports/lake';

interface HeldRow {
  readonly run: string;
  readonly model: string;
  readonly cut_off_ms: number;
  readonly scores: number | bigint;
  readonly whole: number | bigint;
  readonly told: number | bigint;
}

/**
 * Takes what scorings said that nobody asks for any more out of the lake, in one commit.
 *
 * @param keepMs milliseconds that scorings are kept at least
 * @returns how many scorings were forgotten
 * @throws HubError LAKE_CONFLICT (retryable) where somebody is scored meanwhile
 */
export async function forgetScores(lake: Lake, keepMs: number, signal: AbortSignal): Promise<number> {
  const version = await lake.version();
  const rows = await lake.rows<HeldRow>(heldScoringsSql(lake.dialect), { version, signal });
  const runs = scoringsToForget(rows.map(heldOf), keepMs);
  if (runs.length === 0) return 0;
  await lake.commit({ key: `forget-scores:${version}`, version, writes: forgettingWrites(runs) }, { signal });
  return runs.length;
}

function heldOf({ run, model, cut_off_ms: cutOff, scores, whole, told }: HeldRow): HeldScoring {
  return { run, model, cutOff, rows: Number(scores), isWhole: Number(whole) === 1, isTold: Number(told) === 1 };
}

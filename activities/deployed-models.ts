import { HubError } from '../core/errors';
import { ENOUGH_DAYS, knownUntilOf, NEWEST_MS, type EventfulDay } from '../core/features/known-until';
import { MILESTONE_PREFIX } from '../core/milestones/pattern';
import { deployedSql } from '../core/propensity/model-runs-sql';
import { literal } from '../core/sql/quote';
import { didYouMean } from '../core/text/closest-name';
import type { Lake } from '../ports/lake';
import type { PropensitySpec } from '../schemas/propensity';

/** The versions that are deployed, by model. */
export async function deployedVersions(lake: Lake, version: number): Promise<ReadonlyMap<string, string>> {
  const rows = await lake.rows<{ model: string; version: string }>(deployedSql, { version });
  return new Map(rows.map((row) => [row.model, row.version]));
}

/** @throws HubError MODEL_UNKNOWN naming the field */
export function modelNamed(models: readonly PropensitySpec[], name: string, field: string): PropensitySpec {
  const names = models.map((spec) => spec.name);
  const spec = models.find((candidate) => candidate.name === name);
  if (spec !== undefined) return spec;
  const there = names.length === 0 ? 'put its file into models/ of the hub folder' : `there are ${names.join(', ')}`;
  const message = `${field}: there is no model "${name}"${didYouMean(name, names)}; ${there}`;
  throw new HubError('MODEL_UNKNOWN', message, { field });
}

/** What has happened to anybody: step types, and `milestone:NAME`. */
export async function happenings(lake: Lake, version: number): Promise<string[]> {
  const rows = await lake.rows<{ name: string }>(
    `SELECT type AS name FROM steps UNION SELECT DISTINCT ${literal(MILESTONE_PREFIX)} || milestone AS name FROM milestones ORDER BY 1`,
    { version },
  );
  return rows.map(({ name }) => name);
}

/** Up to when all is known that had happened by a moment, as `knownUntilOf` has it. */
export async function knownUntil(lake: Lake, version: number, now: number): Promise<number> {
  const newest = await eventfulDays(lake, version, now - NEWEST_MS);
  // What is of long ago, as a sample world may be, is looked through whole.
  const until = knownUntilOf(newest.length >= ENOUGH_DAYS ? newest : await eventfulDays(lake, version));
  if (until !== undefined) return Math.min(until, now);
  throw new HubError('NOTHING_TO_LEARN_FROM', 'nothing has happened to anybody yet: run a night first');
}

/** @param from epoch milliseconds; all days by default */
async function eventfulDays(lake: Lake, version: number, from?: number): Promise<EventfulDay[]> {
  const { milestones, timestampOf } = lake.dialect;
  const since = from === undefined ? '' : `WHERE occurred_at >= ${timestampOf(String(from))}`;
  const days = await lake.rows<{ happened: number | bigint; last_ms: number }>(
    `SELECT count(*) AS happened, CAST(${milestones.epochMs('max(occurred_at)')} AS DOUBLE) AS last_ms
FROM events ${since} GROUP BY CAST(occurred_at AS DATE)`,
    { version },
  );
  return days.map(({ happened, last_ms }) => ({ events: Number(happened), last: last_ms }));
}

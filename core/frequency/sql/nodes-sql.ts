import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import { double } from '../../sql/quote';
import type { Ctes } from './cut-sql-input';

type TreeQuestion = NonNullable<JourneyFrequencyQuestion['tree']>;

/** Engines compute shares with rounding errors of their own: what is close is let pass, and judged by who reads the rows. */
const NEARLY = 0.999_999;

/**
 * The nodes of the tree of journeys, and what is needed to fold the others: `shown` (s0 …, n, going, siblings), a row for
 * each beginning of journeys outwards from the event of interest that may be a node, the most frequent branch of each
 * node, and what has no further step (-1).
 */
export function nodesSql(steps: number, { breadth, minShare }: TreeQuestion): Ctes {
  const s = Array.from({ length: steps }, (_, index) => `s${index}`);
  const depth = s.map((column) => `CASE WHEN ${column} IS NULL THEN 0 ELSE 1 END`).join(' + ');
  const ends = s.map((column) => `CASE WHEN ${column} = -1 THEN 1 ELSE 0 END`).join(' + ');
  const last = s.map((column, index) => `WHEN ${index + 1} THEN ${column}`).join(' ');
  const parent = s.slice(0, -1).map((column, index) => `CASE WHEN depth > ${index + 1} THEN ${column} END`);
  const siblings = `PARTITION BY ${['depth', ...parent].join(', ')}`;
  const least = double(minShare * NEARLY);
  const isStep = 'CASE WHEN last = -1 THEN 0 ELSE 1 END';
  return {
    // Rolling up counts every beginning at once; what it rolled up is NULL, so the end of a journey must not be.
    beginnings: `SELECT ${s.join(', ')}, count(*) AS n, sum(goes_on) AS going
FROM (SELECT ${s.map((column) => `coalesce(${column}, -1) AS ${column}`).join(', ')}, goes_on FROM cut) AS ended
GROUP BY ROLLUP (${s.join(', ')})`,
    nodes: `SELECT ${s.join(', ')}, n, going, depth, CASE depth ${last} END AS last
FROM (SELECT ${s.join(', ')}, n, going, ${depth} AS depth, ${ends} AS ends FROM beginnings) AS measured
WHERE depth > 0 AND (ends = 0 OR (ends = 1 AND CASE depth ${last} END = -1))`,
    ranked: `SELECT ${s.join(', ')}, n, going, last,
  sum(n) OVER (${siblings}) AS parent_n, sum(${isStep}) OVER (${siblings}) AS siblings,
  row_number() OVER (${siblings} ORDER BY ${isStep} DESC, n DESC, last) AS nth
FROM nodes`,
    shown: `SELECT * FROM ranked
WHERE parent_n >= ${least} * (SELECT count(*) FROM cut)
  AND (last = -1 OR nth = 1 OR (nth <= ${breadth} AND n >= ${least} * (SELECT count(*) FROM cut)))`,
  };
}

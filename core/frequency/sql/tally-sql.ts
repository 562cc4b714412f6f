import type { JourneyFrequencyQuestion } from '../../../schemas/frequency';
import type { SqlDialect } from '../../sql/dialects';
import { double } from '../../sql/quote';
import type { Ctes } from './cut-sql-input';
import { numberedColumns } from './rows-sql';

type TallyQuestion = Pick<JourneyFrequencyQuestion, 'as' | 'steps' | 'occurrence' | 'repeats' | 'top' | 'tree'>;

/** Engines compute shares with rounding errors of their own: what is close is let pass, and judged by who reads the rows. */
const NEARLY = 0.999_999;
/** No letter: in a group's key, where NULL says that the key is not of the group. */
const NONE = -1;

/**
 * Counts the journeys of `cut`, in every way at once: an engine that computes a table as often as
 * it is named reads the words once. `tallied` has the rows of `frequencySql` but for the customers looked at.
 */
export function tallySql(question: TallyQuestion, dialect: Pick<SqlDialect, 'fence' | 'lists'>): Ctes {
  return {
    journeys_cut: `${journeysSql(question, dialect)}${dialect.fence}`,
    equal_journeys: `${equalSql(question, dialect)}${dialect.fence}`,
    counted: countedSql(question),
    told: `${toldSql(question)}${dialect.fence}`,
    placed: placedSql(question),
    tallied: `SELECT * FROM placed WHERE ${isAskedFor(question)}`,
  };
}

/** A row a journey; where there are no lists, with its place among equal ones by duration. */
function journeysSql({ steps, occurrence, repeats }: TallyQuestion, { lists }: Pick<SqlDialect, 'lists'>): string {
  const f = numberedColumns('f', steps);
  const same = `PARTITION BY ${f.join(', ')}`;
  const places =
    lists === undefined
      ? `,\n  count(*) OVER (${same}) AS equal_ones, row_number() OVER (${same} ORDER BY took_ms) AS nth`
      : '';
  // Customers who have one journey at most are as many as journeys.
  const isFirst =
    occurrence === 'every'
      ? 'CASE WHEN row_number() OVER (PARTITION BY customer_id ORDER BY anchor) = 1 THEN 1 ELSE 0 END'
      : '1';
  return `SELECT length, goes_on, took_ms, ${isFirst} AS of_customer,
  ${f.map((column) => `coalesce(${column}, ${NONE}) AS ${column}`).join(', ')}${
    repeats === 'collapse' ? `, ${numberedColumns('r', steps).join(', ')}` : ''
  }${places}
FROM cut`;
}

/** A row for all equal journeys: there are far fewer of them, and all that follows reads only these. */
function equalSql({ as, steps, repeats, tree }: TallyQuestion, { lists }: Pick<SqlDialect, 'lists'>): string {
  const f = numberedColumns('f', steps);
  // The nearest rank, by decimals, which are exact.
  const rank = (tenths: number) =>
    lists === undefined
      ? `max(CASE WHEN nth * 10 >= equal_ones * ${tenths} AND (nth - 1) * 10 < equal_ones * ${tenths} THEN took_ms END)`
      : lists.item(lists.ascending('took_ms'), `CAST(ceil(count(*) * 0.${tenths}) AS BIGINT)`);
  const equal = `SELECT ${f.join(', ')}, max(length) AS length, count(*) AS n, CAST(sum(goes_on) AS BIGINT) AS going,
    CAST(sum(of_customer) AS BIGINT) AS customers, ${rank(5)} AS median_ms, ${rank(9)} AS p90_ms${sumsSql(steps, repeats)}
  FROM journeys_cut GROUP BY ${f.join(', ')}`;
  // Outwards a journey to the event of interest is read from its end.
  const outwards = (place: number) =>
    as === 'start'
      ? `f${place}`
      : `CASE length ${f
          .slice(0, steps - place)
          .map((column, at) => `WHEN ${at + place + 1} THEN ${column}`)
          .join(' ')} ELSE ${NONE} END`;
  const letters = ['s', ...(tree === undefined ? [] : ['b'])].flatMap((name) =>
    numberedColumns(name, steps).map((column, place) => `${outwards(place)} AS ${column}`),
  );
  return `SELECT equal_ones.*, ${letters.join(', ')} FROM (${equal}) AS equal_ones`;
}

/**
 * Groups by nothing, by length (`length`), by all letters in time (`f`), by the letter at each distance (`s`), and by every
 * beginning outwards (`b`), as a tree has it. The keys that a group is not of are NULL.
 */
function countedSql({ steps, repeats, tree }: TallyQuestion): string {
  const [f, s] = [numberedColumns('f', steps), numberedColumns('s', steps)];
  const b = tree === undefined ? [] : numberedColumns('b', steps);
  const sets = [[], ['length'], f, ...s.map((column) => [column]), ...b.map((_, place) => b.slice(0, place + 1))];
  return `SELECT length, ${keysOf(steps, tree).join(', ')}, sum(n) AS n, sum(going) AS going,
  sum(customers) AS customers, max(median_ms) AS median_ms, max(p90_ms) AS p90_ms${sumsSql(steps, repeats)}
FROM equal_journeys GROUP BY GROUPING SETS (${sets.map((set) => `(${set.join(', ')})`).join(', ')})`;
}

function keysOf(steps: number, tree: TallyQuestion['tree']): string[] {
  return ['f', 's', ...(tree === undefined ? [] : ['b'])].flatMap((name) => numberedColumns(name, steps));
}

function sumsSql(steps: number, repeats: TallyQuestion['repeats']): string {
  return repeats === 'keep'
    ? ''
    : numberedColumns('r', steps)
        .map((r) => `, sum(${r}) AS ${r}`)
        .join('');
}

/** What each group is, with its keys as letters. */
function toldSql({ steps, repeats, tree }: TallyQuestion): string {
  const places = Array.from({ length: steps }, (_, place) => place);
  const isPosition = places.map((place) => `s${place} IS NOT NULL`).join(' OR ');
  const whenPosition = (then: (place: number) => string | number) =>
    `CASE ${places.map((place) => `WHEN s${place} IS NOT NULL THEN ${then(place)}`).join(' ')} END`;
  const depth = places.map((place) => `CASE WHEN b${place} IS NULL THEN 0 ELSE 1 END`).join(' + ');
  const letters = places.map((place) => {
    const own = [
      `WHEN f0 IS NOT NULL THEN nullif(f${place}, ${NONE})`,
      ...(tree === undefined ? [] : [`WHEN b0 IS NOT NULL THEN b${place}`]),
      ...(place === 0 ? [`ELSE ${whenPosition((at) => `s${at}`)}`] : []),
    ];
    return `CASE ${own.join(' ')} END AS l${place}`;
  });
  const kind = `CASE WHEN length IS NOT NULL THEN 'length' WHEN f0 IS NOT NULL THEN 'journey'
  ${tree === undefined ? '' : `WHEN b0 IS NOT NULL THEN 'node'`} WHEN ${isPosition} THEN 'position' ELSE 'total' END`;
  const sums = repeats === 'collapse' ? numberedColumns('r', steps).map((r, place) => `, ${r} AS m${place}`) : [];
  return `SELECT ${kind} AS kind, n, going, customers, length, median_ms, p90_ms, ${letters.join(', ')}${sums.join('')},
  ${tree === undefined ? '0' : depth} AS depth, ${whenPosition((place) => place)} AS distance
FROM counted`;
}

/** The rows of the answer, and what decides which of them are in it. */
function placedSql({ steps, repeats, tree }: TallyQuestion): string {
  const l = numberedColumns('l', steps);
  const order = `n DESC, ${l.map((column) => `${column} NULLS FIRST`).join(', ')}`;
  const m =
    repeats === 'collapse'
      ? numberedColumns('m', steps)
          .map((column) => `, ${column}`)
          .join('')
      : '';
  return `SELECT kind, n,
  CASE kind WHEN 'total' THEN customers WHEN 'length' THEN length WHEN 'position' THEN distance
    WHEN 'journey' THEN median_ms ${tree === undefined ? '' : "WHEN 'node' THEN siblings"} END AS x,
  CASE kind WHEN 'journey' THEN p90_ms ELSE going END AS y, ${l.join(', ')}${m},
  row_number() OVER (PARTITION BY kind ORDER BY ${order}) AS nth${tree === undefined ? '' : ', last, parent_n, nth_sibling, total'}
FROM ${tree === undefined ? 'told' : `(${siblingsSql(steps)}) AS nodes`}`;
}

/** The groups with what is known of a node's siblings; what lies behind the end of a journey is no node. */
function siblingsSql(steps: number): string {
  const l = numberedColumns('l', steps);
  const last = `CASE depth ${l.map((column, place) => `WHEN ${place + 1} THEN ${column}`).join(' ')} END`;
  const before = l.map((column, place) => `WHEN ${place + 2} THEN ${column}`).slice(0, -1);
  const isNode = before.length === 0 ? '1 = 1' : `coalesce(CASE depth ${before.join(' ')} END, 0) <> ${NONE}`;
  const parent = l.slice(0, -1).map((column, place) => `CASE WHEN depth > ${place + 1} THEN ${column} END`);
  const siblings = `PARTITION BY ${['kind', 'depth', ...parent].join(', ')}`;
  const isStep = `CASE WHEN last = ${NONE} THEN 0 ELSE 1 END`;
  return `SELECT found.*, sum(n) OVER (${siblings}) AS parent_n, sum(${isStep}) OVER (${siblings}) AS siblings,
    row_number() OVER (${siblings} ORDER BY ${isStep} DESC, n DESC, last) AS nth_sibling,
    sum(CASE WHEN kind = 'total' THEN n ELSE 0 END) OVER () AS total
  FROM (SELECT told.*, ${last} AS last FROM told WHERE ${isNode}) AS found`;
}

/** The most frequent journeys; of nodes the most frequent branch of each, and what may be shown; the rest as it is. */
function isAskedFor({ top, tree }: TallyQuestion): string {
  const isShown = ({ breadth, minShare }: NonNullable<TallyQuestion['tree']>) => {
    const enough = `>= ${double(minShare * NEARLY)} * total`;
    return `parent_n ${enough} AND (last = ${NONE} OR nth_sibling = 1 OR (nth_sibling <= ${breadth} AND n ${enough}))`;
  };
  return `CASE kind WHEN 'journey' THEN nth <= ${top} WHEN 'position' THEN l0 <> ${NONE}
  ${tree === undefined ? '' : `WHEN 'node' THEN ${isShown(tree)}`} ELSE 1 = 1 END`;
}

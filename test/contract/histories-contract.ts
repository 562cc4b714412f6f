import { askedCustomers, askedInPages, type AskedCustomers } from '../../adapters/sql/asked-customers';
import { readPropensityTables } from '../../adapters/sql/propensity-tables';
import { HistoryReader } from '../../adapters/sql/read-histories';
import { planFeatures } from '../../core/features/feature-plan';
import type { CustomerHistory } from '../../core/features/history';
import { lakeTables, type LakeTable } from '../../core/lake/tables';
import { literal } from '../../core/sql/quote';
import type { Lake } from '../../ports/lake';
import { propensitySpec } from '../../schemas/propensity';
import { encode } from '../unit/journeys/lake-events';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const day = (number: number) => START + number * DAY;
const CUSTOMERS = 240;
const FLATS = 14;

type Row = Readonly<Record<string, string | number>>;

/** Rows of a table in SQL that every engine reads; what a row leaves out is null. */
function rowsSql(table: LakeTable, rows: readonly Row[]): string {
  const columns = Object.entries(lakeTables[table]);
  const valueOf = (value: string | number | undefined) =>
    value === undefined ? 'NULL' : typeof value === 'number' ? String(value) : literal(value);
  const told = columns.filter(([name]) => rows.some((row) => name in row)).map(([name]) => name);
  const values = rows.map((row) => `(${told.map((name) => valueOf(row[name])).join(', ')})`);
  // No row has a list, and engines name their types otherwise.
  const typed = columns.map(([name, type]) =>
    told.includes(name) ? `CAST(${name} AS ${type}) AS ${name}` : `NULL AS ${name}`,
  );
  return `SELECT ${typed.join(', ')} FROM (VALUES ${values.join(', ')}) AS told (${told.join(', ')})`;
}

const at = (ms: number) => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');
const customerOf = (number: number) => `c${String(number).padStart(3, '0')}`;

/** Every fourth customer complains on day 30 and leaves on day 40 or 90; neighbours 0 and 1 share an address from day 20 on. */
const leavesOn = (number: number) => (number % 4 === 0 ? (number % 8 === 0 ? 40 : 90) : undefined);

function eventsOf(number: number): Row[] {
  const profile_id = `s:${customerOf(number)}`;
  const event = (type: string, ms: number, more: Row = {}): Row => ({
    ...{ batch: 'b', event_id: `${profile_id}-${type}-${ms}`, source: 's', type, channel: 'app', profile_id },
    ...{ occurred_at: at(ms), file: 'f', file_row: ms % 1_000_003, ...more },
  });
  const months = [5, 35, 65, 95].map((on) => event('bill', day(on) + number * 1_000));
  const left = leavesOn(number);
  return [
    ...months,
    event('survey', day(50) + number * 1_000, {
      attributes: JSON.stringify(number % 3 === 0 ? { csat: 'n/a' } : { csat: (number % 5) + 1 }),
    }),
    ...(left === undefined ? [] : [event('complaint', day(left - 10), { channel: 'call' }), event('churn', day(left))]),
  ];
}

/** Two hundred and forty customers, some of whom leave. */
export async function fillHistories(lake: Lake): Promise<void> {
  const numbers = Array.from({ length: CUSTOMERS }, (_, number) => number);
  const append = (table: LakeTable, rows: readonly Row[]) => ({
    table,
    mode: 'append' as const,
    select: rowsSql(table, rows),
  });
  const profile = (number: number, on: number, more: Row): Row => ({
    ...{ batch: 'b', profile_id: `s:${customerOf(number)}`, source: 's', external_id: customerOf(number) },
    ...{ seen_at: at(day(on)), content_hash: `${number} ${on}`, file: 'f', file_row: on, ...more },
  });
  const identities = numbers.map((number) => ({
    profile_id: `s:${customerOf(number)}`,
    customer_id: customerOf(number),
  }));
  const profiles = [
    ...numbers.map((number) =>
      profile(number, 0, { city: number % 2 === 0 ? 'Berlin' : 'Bremen', birth_date: '1980-05-01' }),
    ),
    profile(0, 10, { street: 'Hauptstr. 1', postcode: '10115', attributes: JSON.stringify({ plan: 'flat' }) }),
    profile(1, 20, { street: 'HAUPTSTR. 1', postcode: '10115' }),
    profile(2, 20, { street: 'Hauptstr. 1', postcode: '10115' }),
    // A block of flats that is let from day 25 to day 38.
    ...Array.from({ length: FLATS }, (_, flat) =>
      profile(100 + flat, 25 + flat, { street: 'Turmstr. 5', postcode: '10551' }),
    ),
  ];
  await lake.commit({
    key: 'world',
    writes: [
      append('files', [{ batch: 'b', source: 's', path: 'f' }]),
      append('identities', identities),
      append('profiles', profiles),
      append('milestones', [
        { customer_id: customerOf(0), milestone: 'warned', version: '1', reached_at: at(day(30)) },
      ]),
    ],
  });
  await lake.commit({ key: 'events', writes: [append('events', numbers.flatMap(eventsOf))] });
  await encode(lake, 'b');
}

export const churnSpec = propensitySpec.parse({
  name: 'churn',
  title: 'Churn',
  description: 'Leaves.',
  population: { hadNot: ['churn'] },
  target: { within: '20d', events: ['churn'] },
  cutOffs: { every: '10d', train: 4, test: 2 },
});

/** What is read of histories, and made of them, whatever the lake's engine. */
export function historiesContract(name: string, open: () => Promise<{ lake: Lake; close(): Promise<void> }>): void {
  describe(`histories of a lake in ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      opened = await open();
      await fillHistories(opened.lake);
    }, 600_000);
    afterAll(() => opened?.close());

    async function histories(of = churnSpec, parts = 3): Promise<CustomerHistory[][]> {
      const reader = await HistoryReader.open(opened.lake, of, {});
      const found: CustomerHistory[][] = [];
      for (let part = 0; part < parts; part++) {
        const own: CustomerHistory[] = [];
        for await (const page of reader.part({ parts, part })) own.push(...page);
        found.push(own);
      }
      return found;
    }

    it('are each in one part, and parts are of about the same size', async () => {
      const parts = await histories();
      const ids = parts.flat().map(({ customerId }) => customerId);
      expect(ids.sort()).toEqual(Array.from({ length: CUSTOMERS }, (_, number) => customerOf(number)));
      for (const part of parts) expect(part.length).toBeGreaterThan(CUSTOMERS / 6);
    });

    it('have steps and milestones in the order of time, a milestone after what it is evidenced by', async () => {
      const reader = await HistoryReader.open(opened.lake, churnSpec, {});
      const { letters, channels } = reader.alphabet;
      const own = (await histories()).flat().find(({ customerId }) => customerId === customerOf(0))!;
      const told = Array.from(own.letters, (letter, index) => {
        const channel = own.channels[index]!;
        return `${letters[letter]} ${channel < 0 ? '-' : channels[channel]} ${(own.times[index]! - START) / DAY}`;
      });
      const expected = ['bill app 5', 'complaint call 30', 'milestone:warned - 30', 'bill app 35', 'churn app 40'];
      expect(told).toEqual([...expected, 'survey app 50', 'bill app 65', 'bill app 95']);
    });

    it('tell what sources said from when on, and who shares an address since when, with what became of them', async () => {
      const all = (await histories()).flat();
      const [first, second] = [0, 1].map((number) => all.find(({ customerId }) => customerId === customerOf(number))!);
      expect(first!.records).toEqual([
        { seenAt: day(0), attributes: { city: 'Berlin', birth_year: '1980' } },
        { seenAt: day(10), attributes: { plan: 'flat' } },
      ]);
      const tie = { tie: 'address', since: day(20), crowdedAt: Infinity };
      const byName = first!.neighbours.toSorted((one, other) => (one.customerId < other.customerId ? -1 : 1));
      expect(byName).toEqual([1, 2].map((number) => ({ ...tie, customerId: customerOf(number), hitAt: Infinity })));
      const byHit = second!.neighbours.toSorted((one, other) => one.hitAt - other.hitAt);
      expect(byHit).toEqual([
        { ...tie, customerId: customerOf(0), hitAt: day(40) },
        { ...tie, customerId: customerOf(2), hitAt: Infinity },
      ]);
    });

    it('tell when too many had come to share an address for that to say anything: neighbours until then stay what they were', async () => {
      const all = (await histories()).flat();
      const neighboursOf = (number: number) =>
        all.find(({ customerId }) => customerId === customerOf(number))!.neighbours;
      expect(neighboursOf(100)).toHaveLength(11);
      expect(new Set(neighboursOf(100).map(({ crowdedAt }) => crowdedAt))).toEqual(new Set([day(37)]));
      expect(Math.max(...neighboursOf(100).map(({ since }) => since))).toBe(day(36));
      expect(neighboursOf(100 + FLATS - 1)).toEqual([]);
    });

    it('have channels by their places among some names, and -1 for any other, as JSON or as the engine has numbers', async () => {
      const { dialect } = opened.lake;
      const places = async (list: string, names: readonly string[]) => {
        const sql = `SELECT ${dialect.numbers(dialect.placesAmong(list, names), 'INTEGER')} AS places FROM (
  SELECT channels, ${dialect.lists.list([`'call'`, 'CAST(NULL AS VARCHAR)'])} AS mixed FROM journeys WHERE customer_id = ${literal(customerOf(0))}) AS own`;
        const [row] = await opened.lake.rows<{ places: string | readonly number[] }>(sql);
        return typeof row!.places === 'string' ? (JSON.parse(row!.places) as number[]) : [...row!.places];
      };
      expect(await places('channels', ['app', "it's", 'call'])).toEqual([0, 2, 0, 0, 0, 0, 0]);
      expect(await places('channels', ['call'])).toEqual([-1, 0, -1, -1, -1, -1, -1]);
      expect(await places('channels', [])).toEqual(new Array(7).fill(-1));
      expect(await places('mixed', ['call'])).toEqual([0, -1]);
    });

    it('make the same features of those who are asked of, page by page and at once', async () => {
      const reader = await HistoryReader.open(opened.lake, churnSpec, {});
      const sets = ['counts', 'recency', 'rhythm', 'channels', 'neighbours'] as const;
      const seen = { letters: new Map([['bill', 99]]), transitions: new Map(), attributes: new Map() };
      const request = { ...churnSpec.features, sets, windows: [30 * DAY] };
      const plan = planFeatures(request, { ...seen, channels: new Set(['app', 'call']) });
      const [which, moment, model] = [{ parts: 1, part: 0 }, { cutOff: day(85) }, { spec: churnSpec, plan }];
      const [whole] = await askedCustomers(reader, model, { which, moments: [moment], most: CUSTOMERS });
      const rowsOf = ({ customers, table }: AskedCustomers) =>
        customers.map((customer, row) => [
          customer,
          ...table.features.map((one) => (one.kind === 'number' ? one.values : one.codes)[row]),
        ]);
      const pages: AskedCustomers[] = [];
      for await (const page of askedInPages(reader, model, which, moment, 70)) pages.push(page);
      // All who have not left by then.
      expect(pages.map(({ table }) => table.rows)).toEqual([70, 70, 70]);
      const byName = (rows: ReturnType<typeof rowsOf>) => rows.sort(([one], [other]) => (one! < other! ? -1 : 1));
      expect(byName(pages.flatMap(rowsOf))).toEqual(byName(rowsOf(whole!)));
      const [few] = await askedCustomers(reader, model, { which, moments: [moment], most: 7 });
      expect(few!.customers).toHaveLength(7);
    });

    it('have the scores that were given as numbers, and no others', async () => {
      const satisfaction = propensitySpec.parse({
        ...{ name: 'csat', title: 'CSAT', description: 'Is content.' },
        target: { within: '20d', score: { events: ['survey'], attribute: 'csat' } },
      });
      const all = (await histories(satisfaction)).flat();
      const scoresOf = (number: number) => all.find(({ customerId }) => customerId === customerOf(number))!.scores;
      expect(scoresOf(0)).toEqual([]);
      expect(scoresOf(4)).toEqual([{ at: day(50) + 4_000, score: 5 }]);
    });

    it('make tables of other customers and later times, labelled by what came within the horizon', async () => {
      const tables = await readPropensityTables(opened.lake, churnSpec, { asOf: day(100) });
      expect(tables.cutOffs).toEqual({ train: [20, 30, 40, 50].map(day), test: [70, 80].map(day) });
      const [learned, tested] = [new Set(tables.customers.train), new Set(tables.customers.test)];
      expect([...learned].filter((customer) => tested.has(customer))).toEqual([]);
      expect(learned.size + tested.size).toBeGreaterThan(CUSTOMERS * 0.8);
      const { test } = tables;
      tables.customers.test.forEach((customer, row) => {
        const left = leavesOn(Number(customer.slice(1)));
        const isLater = tables.customers.test.indexOf(customer) < row;
        const cutOff = isLater ? 80 : 70;
        expect(left).not.toBe(40);
        expect(test.labels[row]).toBe(left !== undefined && left < cutOff + 20 && left >= cutOff ? 1 : 0);
      });
      expect(new Set(test.labels)).toEqual(new Set([0, 1]));
    });

    it('make no more rows than are wanted', async () => {
      const few = { ...churnSpec, training: { ...churnSpec.training, mostRows: 50 } };
      const { train, customers } = await readPropensityTables(opened.lake, few, { asOf: day(100) });
      expect(train.rows).toBeLessThanOrEqual(50);
      expect(train.rows).toBeGreaterThan(25);
      expect(customers.train).toHaveLength(train.rows);
      expect(
        train.features.every((one) => (one.kind === 'number' ? one.values : one.codes).length === train.rows),
      ).toBe(true);
    });
  });
}

import fc from 'fast-check';
import { JourneyWordsBuilder, type JourneyWords } from '../../core/journeys/words';
import { completionsOf } from '../../core/milestones/evaluate';
import { reachedBy } from '../../core/milestones/reached';
import { attributesOf } from '../../core/milestones/sql/condition-sql';
import { reachedSql, reachedTables, type ReachedSqlInput } from '../../core/milestones/sql/reached-sql';
import { sourceOf } from '../../core/milestones/sql/seen-sql';
import { ENGINE_START_MS } from '../support/engines';
import { sqlEngines, type SqlEngine } from '../support/sql-engines';
import { TYPES, milestoneCase, type ArbitraryCustomer } from '../unit/milestones/arbitrary';

const CHANNELS = ['web', 'phone "x"'];

function wordsOf(customers: readonly ArbitraryCustomer[]): JourneyWords {
  const journeys = customers.map(({ events }) => [...events].sort((a, b) => a.at - b.at));
  const builder = new JourneyWordsBuilder(TYPES);
  builder.append(
    journeys.map((events) => events.map(({ type }) => TYPES.indexOf(type))),
    journeys.map((events) => events.map(({ at }) => at)),
  );
  const letters = Uint8Array.from(journeys.flat().map(({ channel }) => CHANNELS.indexOf(channel)));
  return { ...builder.build(), channels: { names: CHANNELS, letters } };
}

/** What words can tell: all but attributes. */
const cases = milestoneCase.filter(
  ({ spec, customers }) =>
    attributesOf(spec).length === 0 &&
    Object.keys(spec.customers).length === 0 &&
    customers.some(({ events }) => events.length > 0),
);

const engines = sqlEngines.filter(({ dialect }) => dialect.milestones !== undefined);

describe.each(engines)('milestones in SQL over words on $name', ({ dialect, runs, start }) => {
  let engine: SqlEngine | undefined;
  beforeAll(async () => {
    engine = await start();
  }, ENGINE_START_MS);
  afterAll(() => engine?.stop());

  /** In one query, or a table after the other where the engine would compute them again and again. */
  async function ask(input: ReachedSqlInput) {
    if (!input.dialect.inlinesTables) return engine!.rows(reachedSql(input));
    const { tables, result } = reachedTables(input);
    for (const [name, select] of Object.entries(tables)) {
      await engine!.rows(`CREATE OR REPLACE TABLE ${name} AS ${select}`);
    }
    return engine!.rows(result);
  }

  it(
    'are those of the definition',
    async () => {
      const codes = new Map(TYPES.map((type, code) => [type, code]));
      await fc.assert(
        fc.asyncProperty(cases, async ({ spec, customers, asOf }) => {
          await engine!.hold(wordsOf(customers));
          const source = sourceOf(spec, codes, () => '');
          const rows = await ask({ spec, source, dialect: dialect.milestones!, asOf });
          const found = rows.map((row) => [
            Number(row['customer_id']),
            Number(row['reached_at']),
            ...spec.steps.flatMap((_, step) => [row[`from_${step}`], row[`at_${step}`]].map(numberOrNull)),
          ]);
          const expected = customers.flatMap(({ events }, customer) =>
            reachedBy(spec, completionsOf(spec, events), asOf).reached.map(({ reachedAt, completion }) => [
              customer,
              reachedAt,
              ...spec.steps.flatMap((_, step) => {
                const match = completion.find((each) => each.step === step);
                return [match?.from ?? null, match?.at ?? null];
              }),
            ]),
          );
          expect(found.sort(byNumbers)).toEqual(expected.sort(byNumbers));
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
    ENGINE_START_MS,
  );
});

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function byNumbers(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  return a[0]! - b[0]! || a[1]! - b[1]!;
}

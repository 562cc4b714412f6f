import { MatchModel, probabilityOf } from '../../core/identity/model/match-model';
import { weightSql } from '../../core/identity/model/weight-sql';
import { levelCount } from '../../core/identity/comparison/agreement-levels';
import { randomNumbers } from '../../core/statistics/random-numbers';
import { ENGINE_START_MS } from '../support/engines';
import { sqlEngines, type SqlEngine } from '../support/sql-engines';
import { peopleFields, trainedModel } from '../unit/identity/dirty-people';

const PAIRS = 10_000;
/** Queries stay below what an engine takes. */
const AT_ONCE = 1000;

/** A trained model that has never met a pair with all values but the last two. */
function modelOfSome(): MatchModel {
  const { fields, chance, classes } = trainedModel().model;
  const NEVER_MET = 0b11000;
  const without = <T extends { missing: ReadonlyMap<number, number> }>(own: T): T => ({
    ...own,
    missing: new Map([...own.missing].filter(([mask]) => mask !== NEVER_MET)),
  });
  const others = Object.entries(classes).map(([name, own]) => [name, without(own)]);
  return new MatchModel(fields, without(chance), Object.fromEntries(others) as typeof classes);
}

const model = modelOfSome();

/** Vectors of every kind, met in training or not: each field is at any of its levels, or missing. */
const random = randomNumbers(5);
const vectors = Array.from({ length: PAIRS }, () =>
  Uint8Array.from(peopleFields, (own) => Math.floor(random() * levelCount(own))),
);

describe.each(sqlEngines)('what pairs weigh, in SQL on $name', ({ dialect, start }) => {
  let engine: SqlEngine | undefined;
  beforeAll(async () => {
    engine = await start();
  }, ENGINE_START_MS);
  afterAll(() => engine?.stop());

  /** The greatest difference to the model's own, in weight and probability, of some vectors. */
  async function differences(from: number): Promise<readonly [number, number]> {
    const rows = vectors.slice(from, from + AT_ONCE).map((levels, pair) => [from + pair, pair, ...levels]);
    const columns = ['a', 'b', ...peopleFields.map((_, field) => `level_${field}`)];
    const pairs = `(${dialect.constants(columns, rows)})`;
    const scored = await engine!.rows(weightSql(model, pairs, dialect));
    expect(scored).toHaveLength(rows.length);
    const weights = scored.map((row) => [Number(row.weight), model.weight(vectors[Number(row.a)]!)] as const);
    const probabilities = scored.map((row, index) =>
      Math.abs(Number(row.probability) - probabilityOf(weights[index]![1])),
    );
    return [Math.max(...weights.map(([sql, own]) => Math.abs(sql - own))), Math.max(...probabilities)];
  }

  it(
    'is what the model says, to 1e-9',
    async () => {
      for (let from = 0; from < PAIRS; from += AT_ONCE) {
        const [weight, probability] = await differences(from);
        expect(weight).toBeLessThan(1e-9);
        expect(probability).toBeLessThan(1e-9);
      }
    },
    ENGINE_START_MS,
  );
});

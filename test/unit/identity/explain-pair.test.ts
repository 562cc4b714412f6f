import fc from 'fast-check';
import { explainPair } from '../../../core/identity/model/explain-pair';
import { levelCount } from '../../../core/identity/comparison/agreement-levels';
import { MatchModel, probabilityOf } from '../../../core/identity/model/match-model';
import { pairClasses } from '../../../core/identity/model/pair-classes';
import { field } from './record-rows';

const fields = [
  field('given', 'name'),
  field('family', 'name', 'household'),
  field('born', 'date'),
  field('phone', 'phone', 'household'),
  field('city', 'city', 'place'),
];

const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const levelsOf = fc.tuple(
  ...fields.map((own) =>
    fc
      .array(share, { minLength: levelCount(own) - 1, maxLength: levelCount(own) - 1 })
      .map((shares) => Float64Array.from([1, ...shares])),
  ),
);
const parameters = fc
  .tuple(fc.double({ min: 1, max: 1e6, noNaN: true }), levelsOf)
  .map(([pairs, levels]) => ({ pairs, levels, missing: new Map<number, number>() }));
const models = fc.tuple(parameters, fc.tuple(...pairClasses.map(() => parameters))).map(([chance, classes]) => {
  const byName = Object.fromEntries(pairClasses.map((name, index) => [name, classes[index]!]));
  return new MatchModel(fields, { ...chance, pairs: chance.pairs * 1e3 }, byName as unknown as MatchModel['classes']);
});
const pairs = fc.tuple(...fields.map((own) => fc.nat(levelCount(own) - 1))).map((levels) => Uint8Array.from(levels));

it('takes a weight apart into what each comparison adds to the prior, all of it and no more', () => {
  fc.assert(
    fc.property(models, pairs, (model, levels) => {
      const { prior, comparisons, weight, probability } = explainPair(model, levels);
      expect(weight).toBeCloseTo(model.weight(levels), 9);
      expect(comparisons.reduce((sum, own) => sum + own.weight, prior)).toBeCloseTo(weight, 9);
      expect(probability).toBe(probabilityOf(weight));
      fields.forEach(({ column }, index) => {
        if (levels[index] === 0) expect(comparisons.find((own) => own.field === column)?.weight).toBe(0);
      });
    }),
  );
});

it('gives two comparisons that say the same the same weight', () => {
  const twins = [field('one', 'category'), field('other', 'category')];
  const levels = (exact: number) => [0, 1].map(() => Float64Array.from([1, exact - 0.002, 0.001, 0.001, 1 - exact]));
  const parametersOf = (pairs: number, exact: number) => ({
    pairs,
    levels: levels(exact),
    missing: new Map<number, number>(),
  });
  const classes = Object.fromEntries(pairClasses.map((name) => [name, parametersOf(name === 'match' ? 100 : 5, 0.9)]));
  const model = new MatchModel(twins, parametersOf(1e4, 0.1), classes as unknown as MatchModel['classes']);
  const { comparisons } = explainPair(model, Uint8Array.from([1, 1]));
  expect(comparisons[0]!.weight).toBeCloseTo(comparisons[1]!.weight, 12);
  expect(comparisons[0]).toMatchObject({ level: 'exact', amongMatches: 0.898, byChance: 0.098 });
});

import { chooseQuestions } from '../../../core/identity/model/label-questions';

/** So many pairs of as many vectors as there are weights. */
function askable(weights: readonly number[], size: number, isAsked: (a: number) => boolean = () => false) {
  const numbers = Uint32Array.from({ length: size }, (_, pair) => pair);
  const of = numbers.map((pair) => pair % weights.length);
  const counts = new Float64Array(weights.length).fill(size / weights.length);
  return {
    pairs: { size, a: numbers, b: numbers.map((pair) => pair + size) },
    vectors: { size: weights.length, fields: 1, levels: new Uint8Array(weights.length), counts, of },
    weights: Float64Array.from(weights),
    isAsked,
  };
}

const spread = Array.from({ length: 200 }, (_, vector) => (vector - 100) / 3);

it('asks of each outcome of comparing once, and mostly where the model is in doubt', () => {
  const chosen = chooseQuestions(askable(spread, 10_000), 40, 1).map((pair) => pair % spread.length);
  expect(new Set(chosen).size).toBe(40);
  const inDoubt = chosen.filter((vector) => Math.abs(spread[vector]!) < 8).length;
  expect(inDoubt).toBeGreaterThan(30);
  expect(inDoubt).toBeLessThan(40);
});

it('never asks twice', () => {
  const first = chooseQuestions(askable(spread, 400), 100, 1);
  const asked = new Set(first);
  const second = chooseQuestions(
    askable(spread, 400, (a) => asked.has(a)),
    1_000,
    1,
  );
  expect(second.length).toBeGreaterThan(150);
  expect(second.filter((pair) => asked.has(pair))).toEqual([]);
  const all = chooseQuestions(
    askable(spread, 400, () => true),
    100,
    1,
  );
  expect(all).toEqual([]);
});

it('asks the same again for the same seed, and other pairs for another', () => {
  const ask = (seed: number) => chooseQuestions(askable(spread, 10_000), 40, seed);
  expect(ask(1)).toEqual(ask(1));
  expect(ask(2)).not.toEqual(ask(1));
});

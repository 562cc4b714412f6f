import fc from 'fast-check';
import type { StepWeights } from '../../../schemas/similarity';

/** A question about similar journeys, and the journeys. */
export interface Asked {
  readonly alphabet: readonly string[];
  readonly journeys: readonly (readonly string[])[];
  readonly pattern: readonly string[];
  readonly minSimilarity: number;
  readonly weights: StepWeights;
}

/** Every edit costs 1. */
export const unit: StepWeights = { pairs: [], steps: {} };

/** Steps of few or many types; journeys that are noisy copies of others, so that similar ones exist. */
export function asked(types: number, longest: number, weights: fc.Arbitrary<StepWeights>): fc.Arbitrary<Asked> {
  const alphabet = Array.from({ length: types }, (_, type) => `step ${type} é 🙂`);
  const step = fc.constantFrom(...alphabet);
  const journey = fc.array(step, { minLength: 1, maxLength: longest, size: 'max' });
  const edit = fc.record({ at: fc.nat(longest), step, kind: fc.constantFrom('put', 'drop', 'change') });
  const copy = (base: readonly string[], edits: readonly { at: number; step: string; kind: string }[]) => {
    const steps = [...base];
    for (const { at, step: to, kind } of edits) {
      if (kind === 'put' && steps.length < longest) steps.splice(at % (steps.length + 1), 0, to);
      else if (kind === 'drop' && steps.length > 1) steps.splice(at % steps.length, 1);
      else steps[at % steps.length] = to;
    }
    return steps;
  };
  return fc
    .record({ base: journey, others: fc.array(journey, { maxLength: 6 }), weights })
    .chain(({ base, others, weights }) =>
      fc.record({
        alphabet: fc.constant(alphabet),
        journeys: fc
          .array(fc.array(edit, { maxLength: 12 }), { maxLength: 12 })
          .map((copies) => [...copies.map((edits) => copy(base, edits)), ...others]),
        pattern: fc.array(edit, { maxLength: 2 }).map((edits) => copy(base, edits)),
        minSimilarity: fc.constantFrom(0, 0.2, 0.5, 0.75, 0.8, 0.9, 1),
        weights: fc.constant(weights),
      }),
    );
}

/** Multiples of an eighth are exact in binary, so that equal costs are equal numbers. */
export function weightsOver(types: number): fc.Arbitrary<StepWeights> {
  const name = fc.nat(types - 1).map((type) => `step ${type} é 🙂`);
  const eighths = (least: number) => fc.integer({ min: least, max: 8 }).map((number) => number / 8);
  return fc.record({
    pairs: fc.array(fc.record({ steps: fc.tuple(name, name), cost: eighths(0) }), { maxLength: 4 }),
    steps: fc.array(fc.tuple(name, eighths(1)), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  });
}

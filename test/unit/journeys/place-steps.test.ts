import fc from 'fast-check';
import { StepPlacing } from '../../../core/journeys/place-steps';
import { sortByTime } from '../../../core/journeys/sort-by-time';

interface Step {
  readonly customer: number;
  readonly letter: number;
  readonly time: number;
}

/** More customers than a bucket has, most of them with nothing to do; some with more steps than are sorted by insertion. */
const steps = fc.array(
  fc.record({
    customer: fc.constantFrom(0, 1, 2, 4095, 4096, 5000, 9000),
    letter: fc.nat(299),
    time: fc.nat(20),
  }),
  { maxLength: 600, size: 'max' },
);
const CUSTOMERS = 9001;

it('brings steps to their customers, in the order of time, equal times in the order they came', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 200 }), (all, batch) => {
      const offsets = new Uint32Array(CUSTOMERS + 1);
      for (const { customer } of all) offsets[customer + 1]!++;
      for (let customer = 0; customer < CUSTOMERS; customer++) offsets[customer + 1]! += offsets[customer]!;
      const placing = new StepPlacing(offsets, 300);
      for (let from = 0; from < all.length; from += batch) {
        const part = all.slice(from, from + batch);
        placing.add(
          part.length,
          Int32Array.from(part, ({ customer }) => customer),
          Uint16Array.from(part, ({ letter }) => letter),
          Float64Array.from(part, ({ time }) => time),
        );
      }
      placing.finish();
      sortByTime(offsets, placing.times, placing.steps);

      const expected = [...all].sort((a: Step, b: Step) => a.customer - b.customer || a.time - b.time); // stable
      expect([...placing.steps]).toEqual(expected.map(({ letter }) => letter));
      expect([...placing.times]).toEqual(expected.map(({ time }) => time));
    }),
  );
});

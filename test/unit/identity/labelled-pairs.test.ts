import { assertedLabels, contradictingLabels, placeLabels } from '../../../core/identity/model/labelled-pairs';

const numbers = new Map(['ann', 'bob', 'cleo', 'dan'].map((name, number) => [name, number]));
const place = (...said: [a: string, b: string, isMatch: boolean][]) =>
  placeLabels(
    said.map(([a, b, isMatch], row) => ({ a, b, isMatch, row: row + 1 })),
    { labels: 'labels.csv', records: [numbers, numbers] },
  );

it('places labels by the numbers of their records, once each', () => {
  expect(place(['bob', 'ann', true], ['ann', 'bob', true], ['cleo', 'dan', false])).toEqual({
    a: Uint32Array.of(0, 2),
    b: Uint32Array.of(1, 3),
    isMatch: Uint8Array.of(1, 0),
  });
});

it.each<[string, [string, string, boolean][], string]>([
  [
    'LABEL_RECORD_UNKNOWN',
    [
      ['ann', 'bob', true],
      ['ann', 'clea', true],
    ],
    'labels.csv, row 2: there is no record "clea" (did you mean "cleo"?)',
  ],
  [
    'LABELS_CONTRADICT',
    [
      ['ann', 'bob', true],
      ['bob', 'ann', false],
    ],
    'row 2: and row 1 say the opposite of records "bob" and "ann"',
  ],
  ['LABEL_INVALID', [['ann', 'ann', true]], 'row 1: names record "ann" twice'],
])('refuses by name: %s', (code, said, message) => {
  expect(() => place(...said)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});

it('finds labels that cannot be right together', () => {
  const labels = place(['ann', 'bob', true], ['bob', 'cleo', true], ['cleo', 'dan', false], ['ann', 'cleo', false]);
  expect(contradictingLabels(labels, 4)).toEqual([3]);
});

it('takes what people asserted for labels', () => {
  expect(assertedLabels([[0, 3]], [[1, 2]])).toEqual({
    a: Uint32Array.of(0, 1),
    b: Uint32Array.of(3, 2),
    isMatch: Uint8Array.of(1, 0),
  });
});

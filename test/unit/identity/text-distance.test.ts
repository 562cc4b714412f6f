import fc from 'fast-check';
import { editDistance, jaroWinkler } from '../../../core/identity/comparison/text-distance';

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 10 });

/** Both texts as bytes, one after the other. */
function spans(a: string, b: string): [Uint8Array, number, number, number, number] {
  return [new TextEncoder().encode(`#${a}#${b}`), 1, a.length, a.length + 2, b.length];
}

/** Jaro's similarity by its definition, over characters. */
function plainJaroWinkler(a: string, b: string): number {
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Set<number>();
  const ofA: string[] = [];
  [...a].forEach((letter, i) => {
    const j = [...b].findIndex((other, at) => other === letter && !taken.has(at) && Math.abs(at - i) <= window);
    if (j < 0) return;
    taken.add(j);
    ofA.push(letter);
  });
  if (ofA.length === 0) return 0;
  const ofB = [...taken].sort((x, y) => x - y).map((at) => b[at]);
  const moved = Math.floor(ofA.filter((letter, index) => letter !== ofB[index]).length / 2);
  const jaro = (ofA.length / a.length + ofA.length / b.length + (ofA.length - moved) / ofA.length) / 3;
  if (jaro <= 0.7) return jaro;
  const common = [...a].findIndex((letter, index) => letter !== b[index]);
  return jaro + Math.min(4, common < 0 ? a.length : common) * 0.1 * (1 - jaro);
}

/** Optimal string alignment by its recursion. */
function plainDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const ways = [
    plainDistance(a.slice(1), b) + 1,
    plainDistance(a, b.slice(1)) + 1,
    plainDistance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0])
    ways.push(plainDistance(a.slice(2), b.slice(2)) + 1);
  return Math.min(...ways);
}

it.each([
  ['martha', 'marhta', 0.9611],
  ['dixon', 'dicksonx', 0.8133],
  ['jellyfish', 'smellyfish', 0.8963],
])('knows the textbook examples of Jaro and Winkler: %s, %s', (a, b, expected) => {
  expect(jaroWinkler(...spans(a, b))).toBeCloseTo(expected, 4);
});

it('equals Jaro-Winkler by its definition', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      fc.pre(a !== '' && b !== '');
      expect(jaroWinkler(...spans(a, b))).toBeCloseTo(plainJaroWinkler(a, b), 12);
    }),
    { numRuns: 2000 },
  );
});

it('equals the edit distance with neighbours swapped, up to the most that is asked for', () => {
  const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(short, short, fc.integer({ min: 0, max: 4 }), (a, b, most) => {
      expect(editDistance(...spans(a, b), most)).toBe(Math.min(plainDistance(a, b), most + 1));
    }),
    { numRuns: 1500 },
  );
});

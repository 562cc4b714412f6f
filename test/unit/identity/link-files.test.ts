import { link } from '../../../core/identity/link';
import { randomNumbers } from '../../../core/statistics/random-numbers';
import { alone } from '../../../core/parallel/work';
import { linkageSettings } from '../../../schemas/linkage';
import { field, recordsOf } from './record-rows';

const fields = [field('given', 'name'), field('family', 'name', 'household'), field('phone', 'phone', 'household')];

/** People of two files; one in thirty has a brother called nearly alike, and the second file knows everybody `copies` times. */
function world(copies: number) {
  const random = randomNumbers(3);
  const letters = (count: number) =>
    Array.from({ length: count }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
  const first: string[][] = [];
  const second: string[][] = [];
  for (let household = 0; household < 120; household++) {
    const [given, family] = [letters(7), letters(8)];
    const phone = String(100_000_000 + Math.floor(random() * 8e8));
    for (const name of household % 30 === 0 ? [`${given}o`, `${given}a`] : [given]) {
      first.push([name, family, phone]);
      for (let copy = 0; copy < copies; copy++) second.push([name, family, phone]);
    }
  }
  const files = Uint8Array.from([...first.map(() => 0), ...second.map(() => 1)]);
  return { files, compared: recordsOf(fields, [...first, ...second], { files }) };
}

function sizesWithin(copies: number, uniquePerFile?: boolean) {
  const { files, compared } = world(copies);
  const settings = linkageSettings.parse({ fields, uniquePerFile });
  const { clusters } = alone(link(compared, settings, () => undefined));
  const sizes = new Map<string, number>();
  clusters.forEach((cluster, record) => {
    const key = `${cluster} ${files[record]}`;
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  });
  return [...new Set(sizes.values())].sort();
}

it('takes each of two files for one that has people once, where hardly any look repeated', () => {
  expect(sizesWithin(1)).toEqual([1]);
});

it('leaves those together that a file has more than once', () => {
  expect(sizesWithin(3)).toContain(3);
});

it('does what the settings say of that', () => {
  expect(sizesWithin(3, true)).toEqual([1]);
});

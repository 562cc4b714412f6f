import { randomNumbers } from '../../../core/statistics/random-numbers';
import type { LinkageField } from '../../../schemas/linkage';
import { field } from './record-rows';

/** A field of every kind. */
export const everyField: readonly LinkageField[] = [
  field('given', 'name'),
  field('family', 'name', 'household'),
  field('full', 'fullname'),
  field('born', 'date'),
  field('phone', 'phone', 'household'),
  field('email', 'email'),
  field('account', 'code'),
  field('postcode', 'postcode', 'place'),
  field('street', 'street', 'place'),
  field('city', 'city', 'place'),
  field('house', 'number', 'place'),
  field('state', 'category', 'place'),
  field('remark', 'text'),
];

/** The same, compared by what every engine can say. */
export const editedFields: readonly LinkageField[] = everyField.map((own) => ({ ...own, comparison: 'levenshtein' }));

const GIVEN = [
  'Anna',
  'Björn',
  'Zoë',
  'Łukasz',
  'Дмитрий',
  'Ελένη',
  '美咲',
  'J',
  'Maximiliane-Konstantinopolitana',
  'Ida',
];
const FAMILY = [
  'Müller',
  'O’Brien',
  "D'Angelo",
  'Wołodymyrowycz-Александрович',
  'Nguyễn',
  'Ng',
  'Björn',
  '佐藤',
  'Smith',
];
const CITY = ['Köln', 'Saint-Étienne', 'Łódź', 'Москва', 'Llanfairpwllgwyngyllgogerychwyrndrobwll', 'Graz'];

export type Person = readonly (string | null)[];

/**
 * Records of people of all scripts, two or three each: with typos, swapped dates and names, initials, missing values, and
 * texts that are longer than what is compared.
 */
export function unicodePeople(people: number, seed: number): Person[] {
  const random = randomNumbers(seed);
  const below = (most: number) => Math.floor(random() * most);
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('');
  const twoDigits = (most: number) => String(1 + below(most)).padStart(2, '0');
  const person = () => {
    const [given, family] = [oneOf(GIVEN), `${oneOf(FAMILY)}${oneOf(['', 'er', 'ski', 'ова', 'sen'])}`];
    const born = [String(1950 + below(50)), twoDigits(12), twoDigits(12)];
    const email = `${given.toLowerCase()}.${digits(3)}@${oneOf(['post.example', 'x.example'])}`;
    const remark = Array.from({ length: 1 + below(5) }, () => oneOf(['éclair', 'a', 'blue', 'жук', 'bleu'])).join(' ');
    const place = [digits(5), `${digits(2)} ${oneOf(['Rue', 'Große'])} ${oneOf(FAMILY)} Straße`, oneOf(CITY)];
    return {
      given,
      family,
      born,
      others: [digits(10), email, digits(8), ...place, digits(2), oneOf(['NW', 'BY']), remark],
    };
  };
  const typo = (value: string) => {
    const letters = [...value];
    const at = below(letters.length);
    if (random() < 0.3) letters.splice(at, 1);
    else if (random() < 0.5) letters.splice(at, 0, oneOf(['a', 'é', '1', 'я']));
    else letters.splice(at, 2, ...letters.slice(at, at + 2).reverse());
    return letters.join('');
  };
  const dirty = (value: string) => {
    const chance = random();
    if (chance < 0.1) return null;
    if (chance < 0.3) return typo(value);
    return chance < 0.4 ? typo(typo(value)) : value;
  };
  const recordOf = ({ given, family, born: [year, month, day], others }: ReturnType<typeof person>): Person => {
    const called = given === 'Anna' && random() < 0.3 ? 'Anni' : given;
    const names = random() < 0.1 ? [family, called] : [random() < 0.1 ? called.slice(0, 1) : called, family];
    const full = oneOf([`${given} ${family}`, `${family} ${given} x`, `${given.slice(0, 1)}. ${family}`]);
    const date = random() < 0.1 ? `${year}-${day}-${month}` : `${year}-${month}-${day}`;
    return [...names.map(dirty), dirty(full), dirty(date), ...others.map(dirty)];
  };
  return Array.from({ length: people }, person).flatMap((own) =>
    Array.from({ length: 2 + below(2) }, () => recordOf(own)),
  );
}

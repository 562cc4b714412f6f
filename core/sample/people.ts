import { cities, familyNames, givenNames, mailHosts, streets } from './names';
import { Random } from './random';

export interface Address {
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
}

/** A person as they really are; the systems know them under many ids, and seldom this well. */
export interface Person {
  readonly number: number;
  readonly household: number;
  readonly givenName: string;
  readonly shortName: string;
  readonly familyName: string;
  /** YYYY-MM-DD. */
  readonly birthDate: string;
  readonly email: string;
  /** E.164. */
  readonly mobile: string;
  /** The landline that everybody at home uses. */
  readonly homePhone: string;
  readonly address: Address;
  /** Where a person moves to within the period; most do not. */
  readonly newAddress: Address | undefined;
}

const MOST_IN_HOUSEHOLD = 5;

/**
 * The people of household `household`, of which each holds a block of numbers from `household * 5` on. A household
 * shares its address and landline; it may hold a parent and child of one name, or twins.
 */
export function peopleOfHousehold(seed: number, household: number): Person[] {
  const random = new Random(seed, household);
  const size = householdSize(random.unit());
  const address = makeAddress(random);
  const moved = random.chance(0.04) ? makeAddress(random) : undefined;
  const homePhone = `+4930${random.integer(1_000_000, 9_999_999)}`;
  const familyName = random.pick(familyNames);
  const hasNamesakes = size > 1 && random.chance(0.03);
  const hasTwins = size > 2 && random.chance(0.04);
  const people: Person[] = [];
  for (let member = 0; member < size; member++) {
    const [named, ...shortNames] = random.pick(givenNames);
    const givenName = hasNamesakes && member === size - 1 ? people[0]!.givenName : named;
    const birthDate = hasTwins && member === size - 1 ? people[member - 1]!.birthDate : makeBirthDate(random, member);
    const number = household * MOST_IN_HOUSEHOLD + member;
    people.push({
      number,
      household,
      givenName,
      shortName: shortNames.length > 0 && random.chance(0.4) ? random.pick(shortNames) : givenName,
      familyName: random.chance(0.1) ? random.pick(familyNames) : familyName,
      birthDate,
      email: `${plain(givenName)}.${plain(familyName)}${number}@${random.pick(mailHosts)}`,
      mobile: `+4917${String(number).padStart(8, '0')}`,
      homePhone,
      address,
      newAddress: moved,
    });
  }
  return people;
}

/** How many live together: one 42 %, two 33 %, three 12 %, four 9 %, five 4 % (as in a census). */
function householdSize(chance: number): number {
  return [0.42, 0.75, 0.87, 0.96].filter((share) => chance >= share).length + 1;
}

function makeAddress(random: Random): Address {
  const [city, prefix] = random.pick(cities);
  return {
    street: `${random.pick(streets)} ${random.integer(1, 150)}`,
    postcode: `${prefix}${String(random.integer(0, 100)).padStart(2, '0')}`,
    city,
  };
}

/** The first two of a household are its adults. */
function makeBirthDate(random: Random, member: number): string {
  const year = member < 2 ? random.integer(1940, 1998) : random.integer(1985, 2009);
  const month = String(random.integer(1, 13)).padStart(2, '0');
  return `${year}-${month}-${String(random.integer(1, 29)).padStart(2, '0')}`;
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .replace(/[^a-z]/g, '');
}

/** A name as somebody mistyped it: two letters swapped, one lost, or one doubled. */
export function mistyped(random: Random, name: string): string {
  const at = random.integer(1, Math.max(2, name.length - 1));
  const kind = random.integer(0, 3);
  if (kind === 0) return name.slice(0, at - 1) + (name[at] ?? '') + (name[at - 1] ?? '') + name.slice(at + 1);
  return kind === 1 ? name.slice(0, at) + name.slice(at + 1) : name.slice(0, at) + (name[at] ?? '') + name.slice(at);
}

import { chanceAgreement } from '../../../core/identity/model/chance-agreement';
import { compareVectors } from '../../../core/identity/comparison/comparison-vectors';
import { allPairs } from '../../../core/identity/blocking/candidate-pairs';
import { learnClasses } from '../../../core/identity/model/latent-classes';
import { linkRecords } from '../../../core/identity/clustering/link-records';
import { MatchModel, probabilityOf } from '../../../core/identity/model/match-model';
import { randomNumbers } from '../../../core/statistics/random-numbers';
import { countValues } from '../../../core/identity/records/count-values';
import { alone } from '../../../core/parallel/work';
import { field, recordsOf } from './record-rows';

const fields = [
  field('given', 'name'),
  field('family', 'name', 'household'),
  field('born', 'date'),
  field('phone', 'phone', 'household'),
  field('street', 'street', 'place'),
];

interface Person {
  readonly given: string;
  readonly born: string;
}

const GIVEN = ['anna', 'ben', 'clara', 'david', 'emil', 'frida', 'gustav', 'hanna', 'ida', 'jonas', 'karl', 'lena'];

/** Households of three who share name, phone and street; everybody has two records, one in five without a date of birth. */
function world(households: number) {
  const random = randomNumbers(7);
  const pick = (most: number) => Math.floor(random() * most);
  const rows: (string | null)[][] = [];
  const people: number[] = [];
  for (let household = 0; household < households; household++) {
    const family = `family${String.fromCharCode(97 + pick(26), 97 + pick(26), 97 + pick(26))}`;
    const phone = String(1_000_000_000 + pick(8_999_999_999));
    const street = `${pick(300)} street ${pick(40)}`;
    const members: Person[] = Array.from({ length: 3 }, () => ({
      given: GIVEN[pick(GIVEN.length)] as string,
      born: `${1940 + pick(70)}${String(10 + pick(3))}${String(10 + pick(18))}`,
    }));
    members.forEach(({ given, born }, member) => {
      for (let copy = 0; copy < 2; copy++) {
        rows.push([given, family, random() < 0.2 ? null : born, phone, street]);
        people.push(household * 3 + member);
      }
    });
  }
  return { compared: recordsOf(fields, rows), people };
}

const { compared, people } = world(100);
const { table } = compared;
const { rarities } = alone(countValues(table));
const pairs = allPairs(table);
const vectors = alone(compareVectors(compared, pairs));
const chance = chanceAgreement(compared, rarities, 1);
const { classes } = learnClasses(vectors, fields, chance, table.records);
const model = new MatchModel(fields, chance, classes);

/** The index of a pair's true kind. */
const isMatch = (a: number, b: number) => people[a] === people[b];
const isHousehold = (a: number, b: number) =>
  !isMatch(a, b) && Math.floor(people[a]! / 3) === Math.floor(people[b]! / 3);

it('learns how many pairs are matches, and how many are households, from nothing but the records', () => {
  const count = (test: (a: number, b: number) => boolean) => {
    let found = 0;
    for (let pair = 0; pair < pairs.size; pair++) if (test(pairs.a[pair]!, pairs.b[pair]!)) found++;
    return found;
  };
  expect(classes.match.pairs / count(isMatch)).toBeCloseTo(1, 1);
  expect(classes.household.pairs / count(isHousehold)).toBeCloseTo(1, 1);
});

it('gives probabilities that are as often right as they say', () => {
  let expected = 0;
  let right = 0;
  for (let pair = 0; pair < pairs.size; pair++) {
    const number = vectors.of[pair] as number;
    expected += probabilityOf(model.weight(vectors.levels, number * vectors.fields));
    if (isMatch(pairs.a[pair] as number, pairs.b[pair] as number)) right++;
  }
  expect(expected / right).toBeGreaterThan(0.95);
  expect(expected / right).toBeLessThan(1.05);
});

it('does not glue a family together by what it shares', () => {
  const clusters = alone(linkRecords(compared, pairs, vectors, model, { threshold: 0 }));
  const givenOf = (record: number) => table.codes[(record * table.stride) / 4] as number;
  const householdOf = (record: number) => Math.floor(people[record]! / 3);
  /** Namesakes in a family are one to anybody where a date of birth is missing. */
  const hasNamesake = (record: number) =>
    people.some(
      (person, other) =>
        person !== people[record] && householdOf(other) === householdOf(record) && givenOf(other) === givenOf(record),
    );
  let wrong = 0;
  let missed = 0;
  for (let pair = 0; pair < pairs.size; pair++) {
    const [a, b] = [pairs.a[pair] as number, pairs.b[pair] as number];
    const together = clusters[a] === clusters[b];
    if (together && givenOf(a) !== givenOf(b)) wrong++;
    if (!together && isMatch(a, b) && !hasNamesake(a)) missed++;
  }
  expect({ wrong, missed }).toEqual({ wrong: 0, missed: 0 });
});

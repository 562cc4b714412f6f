import { randomNumbers } from '../../../core/statistics/random-numbers';
import { trainModel } from '../../../core/identity/model/train-model';
import { alone } from '../../../core/parallel/work';
import { linkageSettings } from '../../../schemas/linkage';
import { field, recordsOf } from './record-rows';

export const peopleFields = [
  field('given', 'name'),
  field('family', 'name', 'household'),
  field('born', 'date'),
  field('phone', 'phone', 'household'),
  field('street', 'street', 'place'),
];

export type Row = readonly (string | null)[];

const GIVEN = ['anna', 'ben', 'clara', 'david', 'emil', 'frida', 'gustav', 'hanna', 'ida', 'jonas', 'karl', 'lena'];

/** People of households of two, who share family name, phone and street, with two or three records each, some with typos. */
export function dirtyPeople(households: number, seed: number): Row[] {
  const random = randomNumbers(seed);
  const pick = (most: number) => Math.floor(random() * most);
  const dirty = (value: string) => {
    const chance = random();
    if (chance < 0.12) return null;
    return chance < 0.25 ? `${value.slice(0, 2)}x${value.slice(3)}` : value;
  };
  const letters = (count: number) => Array.from({ length: count }, () => String.fromCharCode(97 + pick(26))).join('');
  return Array.from({ length: households }, () => [
    letters(6),
    String(2_000_000_000 + pick(7e9)),
    `${pick(90)} ${letters(5)}`,
  ])
    .flatMap((shared) => Array.from({ length: 2 }, () => shared))
    .flatMap(([family, phone, street]) => {
      const person = [
        GIVEN[pick(GIVEN.length)]!,
        family!,
        `${1940 + pick(70)}${10 + pick(3)}${10 + pick(18)}`,
        phone!,
        street!,
      ];
      return Array.from({ length: 2 + pick(2) }, () => person.map(dirty));
    });
}

/** A model learned from such people, at a threshold. */
export function trainedModel(threshold = 0) {
  const rows = dirtyPeople(60, 11);
  const settings = linkageSettings.parse({ fields: peopleFields, threshold });
  return alone(trainModel(recordsOf(peopleFields, rows), settings, () => undefined)).linkage;
}

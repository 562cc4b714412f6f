import { mistyped, peopleOfHousehold, type Person } from '../../../core/sample/people';
import { Random } from '../../../core/sample/random';
import type { SeenProfile } from './identity-room';

const SEED = 11;

/** People of the sample world, of so many households. */
export function samplePeople(households: number): Person[] {
  return Array.from({ length: households }, (_, household) => peopleOfHousehold(SEED, household)).flat();
}

/** A person as the customer relationship management knows them. */
export function crmProfile(person: Person): SeenProfile {
  const { number, givenName, familyName, birthDate, email, mobile, address } = person;
  return {
    id: `crm:${number}`,
    day: 1,
    source: 'crm',
    given_name: givenName,
    family_name: familyName,
    birth_date: birthDate,
    email,
    phone: mobile,
    ...address,
  };
}

/** A person as a shop knows them: no address, no number, and now and then a mistyped name. */
export function shopProfile(person: Person): SeenProfile {
  const { number, givenName, familyName, birthDate, address } = person;
  const random = new Random(SEED, number);
  return {
    id: `shops:${number}`,
    day: 2,
    source: 'shops',
    given_name: givenName,
    family_name: random.chance(0.2) ? mistyped(random, familyName) : familyName,
    birth_date: birthDate,
    city: address.city,
  };
}

import { mistyped, type Person } from './people';
import type { Random } from './random';

/** How the systems know one person. */
export interface SystemIdentities {
  readonly customerNumber: string;
  readonly billingAccount: string;
  /** The customer number as billing has it; some old accounts were never linked. */
  readonly billingCustomerNumber: string | undefined;
  readonly billingName: string;
  /** Cookies; a person has several browsers. */
  readonly visitors: readonly string[];
  readonly device: string;
  /** How the call centre files the person, and under which number and name. */
  readonly caller: { readonly id: string; readonly phone: string; readonly name: string };
  readonly shop: { readonly id: string; readonly name: string; readonly email: string; readonly birthDate: string };
  readonly subscriber: string;
  readonly crmEmail: string;
}

export function identitiesOf(random: Random, person: Person): SystemIdentities {
  const { number, givenName, shortName, familyName } = person;
  const customerNumber = `K${1_000_000 + number}`;
  const calledName = random.chance(0.12) ? mistyped(random, familyName) : familyName;
  return {
    customerNumber,
    billingAccount: `BA-${String(number * 7 + 13).padStart(9, '0')}`,
    billingCustomerNumber: random.chance(0.97) ? customerNumber : undefined,
    billingName: `${familyName.toUpperCase()}, ${givenName}`,
    visitors: Array.from({ length: random.integer(1, 4) }, (_, index) => `v-${number.toString(36)}-${index}`),
    device: `dev-${number.toString(16).padStart(8, '0')}`,
    caller: {
      id: `C${number}`,
      phone: callerPhone(random, random.chance(0.25) ? person.homePhone : person.mobile),
      name: `${random.chance(0.3) ? shortName : givenName} ${calledName}`,
    },
    shop: {
      id: `S${String(number).padStart(8, '0')}`,
      name: random.chance(0.1) ? `${familyName} ${shortName}` : `${shortName} ${familyName}`,
      email: random.chance(0.6) ? person.email : random.chance(0.05) ? 'test@test.com' : '',
      birthDate: random.chance(0.8) ? person.birthDate : random.chance(0.3) ? '1900-01-01' : '',
    },
    subscriber: `${customerNumber}-1`,
    crmEmail: random.chance(0.9) ? person.email : random.chance(0.05) ? 'test@test.com' : '',
  };
}

/** A number as call-centre staff write it: four habits. */
function callerPhone(random: Random, e164: string): string {
  const national = e164.slice(3);
  switch (random.integer(0, 4)) {
    case 0:
      return e164;
    case 1:
      return `0${national}`;
    case 2:
      return `0049 ${national.slice(0, 3)} ${national.slice(3)}`;
    default:
      return `0${national.slice(0, 3)}/${national.slice(3)}`;
  }
}

import { identitiesOf, type SystemIdentities } from './identities';
import type { Person } from './people';
import { Random } from './random';
import { systemOf, type System } from './steps';
import { walkOf, type Period, type Walk } from './walks';

/** A row of one system's export: fields by name, in the order of its columns. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface SystemRow {
  readonly system: System;
  /** The name of the export it is in, where a system has more than the one of its own name. */
  readonly part?: string;
  /** Epoch milliseconds: decides the file it is exported in. */
  readonly at: number;
  readonly row: Row;
}

/** One person's whole truth, and what the systems recorded of it. */
export interface Recorded {
  readonly person: Person;
  readonly identities: SystemIdentities;
  readonly walk: Walk;
  readonly rows: readonly SystemRow[];
}

/** Keeps a person's stream of chance apart from their household's. */
const PERSON_STREAM = 0x40000000;

/** @param localTime writes an instant as the call centre does, "31.01.2026 18:05:09" in its own zone */
export function recordPerson(
  seed: number,
  person: Person,
  period: Period,
  localTime: (at: number) => string,
): Recorded {
  const random = new Random(seed, PERSON_STREAM + person.number);
  const identities = identitiesOf(random, person);
  const walk = walkOf(random, period);
  const movesAt = period.start + random.unit() * period.days * 86_400_000;
  const context: RowContext = { person, identities, random, movesAt, localTime };
  const first = crmRow(context, `${identities.customerNumber}-0`, 'customer_record', period.start);
  const rows: SystemRow[] = [{ system: 'crm', at: period.start, row: first }];
  walk.interactions.forEach(({ step, at }, index) => {
    const system = systemOf(step);
    rows.push({ system, at, row: rowMakers[system](context, `${index + 1}`, step, at) });
  });
  return { person, identities, walk, rows };
}

interface RowContext {
  readonly person: Person;
  readonly identities: SystemIdentities;
  readonly random: Random;
  readonly movesAt: number;
  readonly localTime: (at: number) => string;
}

type RowMaker = (context: RowContext, ordinal: string, step: string, at: number) => Row;

const rowMakers: Readonly<Record<System, RowMaker>> = {
  crm: (context, ordinal, step, at) => crmRow(context, `${context.identities.customerNumber}-${ordinal}`, step, at),
  billing: ({ identities, person, random }, ordinal, step, at) => ({
    document: `${identities.billingAccount}-${ordinal}`,
    account: identities.billingAccount,
    customer_no: identities.billingCustomerNumber ?? null,
    name: identities.billingName,
    birth_date: person.birthDate,
    kind: step,
    amount: step === 'bill_shock' ? random.integer(9_000, 40_000) / 100 : random.integer(990, 6_990) / 100,
    booked_at: utc(at),
  }),
  web: ({ identities, person }, ordinal, step, at) => {
    const isLoggedIn = step !== 'web_faq' && step !== 'promo_click';
    return {
      id: `w${person.number}-${ordinal}`,
      ts: `${utc(at).replace(' ', 'T')}Z`,
      // One browser a day.
      visitor: identities.visitors[Math.floor(at / 86_400_000) % identities.visitors.length]!,
      event: step,
      user: isLoggedIn ? JSON.stringify({ email: person.email }) : null,
    };
  },
  app: ({ identities, person }, ordinal, step, at) => ({
    id: `a${person.number}-${ordinal}`,
    time_ms: at,
    device: identities.device,
    customer_no: identities.customerNumber,
    screen: step,
  }),
  'call-centre': ({ identities, random, localTime }, ordinal, step, at) => ({
    Vorgang: `${identities.caller.id}-${ordinal}`,
    Anrufer: identities.caller.id,
    Rufnummer: identities.caller.phone,
    Name: identities.caller.name,
    Beginn: localTime(at),
    Grund: callReasons[step]!,
    Dauer_s: random.integer(20, 1_800),
  }),
  shops: ({ identities, person, random }, ordinal, step, at) => ({
    receipt: `${identities.shop.id}-${ordinal}`,
    loyalty_id: identities.shop.id,
    name: identities.shop.name,
    email: identities.shop.email,
    birth_date: identities.shop.birthDate,
    shop: person.address.city,
    action: step,
    amount: step === 'device_purchase' ? random.integer(9_900, 129_900) / 100 : 0,
    at: utc(at),
  }),
  network: ({ identities, person }, ordinal, step, at) => ({
    alarm: `n${person.number}-${ordinal}`,
    subscriber: identities.subscriber,
    msisdn: Number(person.mobile.slice(1)),
    kind: step,
    detected_at: utc(at),
  }),
};

/** The call centre's own codes. */
export const callReasons: Readonly<Record<string, string>> = {
  call_center: 'GESPRAECH',
  ivr_menu: 'IVR',
  agent_transfer: 'WEITERLEITUNG',
  complaint: 'BESCHWERDE',
  callback_request: 'RUECKRUF',
  retention_offer: 'HALTEANGEBOT',
  port_out_request: 'PORTIERUNG',
};

/** The CRM exports the customer's record as it stands with everything that happens to it. */
function crmRow({ person, identities, movesAt }: RowContext, change: string, kind: string, at: number): Row {
  const address = person.newAddress !== undefined && at >= movesAt ? person.newAddress : person.address;
  return {
    change_id: change,
    customer_no: identities.customerNumber,
    first_name: person.givenName,
    last_name: person.familyName,
    birth_date: person.birthDate,
    email: identities.crmEmail,
    phone: person.mobile,
    street: address.street,
    postcode: address.postcode,
    city: address.city,
    change: kind,
    changed_at: utc(at),
  };
}

/** "2026-01-31 17:05:09". */
function utc(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

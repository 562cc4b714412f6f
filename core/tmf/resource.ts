/** A resource of one of TM Forum's Open APIs, whatever it has. */
export type Resource = Readonly<Record<string, unknown>>;

/** What a resource says of the person whom it is about. */
export interface Person {
  readonly given_name?: string;
  readonly family_name?: string;
  readonly birth_date?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** Resources that are a party themselves, or a role of one. */
const PARTIES = ['customer', 'individual', 'organization', 'partyRole'];

/**
 * The id of the party whom a resource is about: its own if it is one, else that of the related party who is the customer, else of the
 * first. In release 5 a related party holds who it is in `partyOrPartyRole`.
 */
export function partyIdOf(name: string, resource: Resource): string | undefined {
  if (PARTIES.includes(name)) return textOf(resource['id']);
  const related = listOf(resource['relatedParty']).map((party) => ({
    role: `${textOf(party['role']) ?? ''} ${textOf(objectOf(party['partyOrPartyRole'])['@referredType']) ?? ''}`,
    id: textOf(objectOf(party['partyOrPartyRole'])['id']) ?? textOf(party['id']),
  }));
  const customer = related.find(({ role, id }) => id !== undefined && /customer/i.test(role));
  return (customer ?? related.find(({ id }) => id !== undefined))?.id;
}

/** The name of the channel, as release 4 (an object, or a list of such) and 5 (a list of relations to it) tell it. */
export function channelOf(resource: Resource): string | undefined {
  const [first] = [...listOf(resource['channel']), ...listOf(resource['relatedChannel'])];
  if (first === undefined) return undefined;
  const channel = 'channel' in first ? objectOf(first['channel']) : first;
  return textOf(channel['name']) ?? textOf(channel['id']);
}

/** The state of its life that it is in: `status` in release 4 of some APIs, `state` else. */
export function stateOf(resource: Resource): string | undefined {
  return textOf(resource['state']) ?? textOf(resource['status']);
}

/** What it says of a person. Media of contact have their address in `characteristic` in release 4, in themselves in 5. */
export function personOf(resource: Resource): Person {
  const media = listOf(resource['contactMedium']).map((medium) => ({
    ...medium,
    ...objectOf(medium['characteristic']),
  }));
  const ofMedia = (field: string) =>
    media.map((medium) => textOf((medium as Resource)[field])).find((text) => text !== undefined);
  const known = {
    given_name: textOf(resource['givenName']),
    family_name: textOf(resource['familyName']),
    birth_date: textOf(resource['birthDate'])?.slice(0, 10),
    email: ofMedia('emailAddress'),
    phone: ofMedia('phoneNumber'),
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function objectOf(value: unknown): Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Resource) : {};
}

/** One, or a list of some, as a list. */
function listOf(value: unknown): Resource[] {
  return (Array.isArray(value) ? value : [value]).map(objectOf).filter((item) => Object.keys(item).length > 0);
}

import { z } from 'zod';

/** Parts of the names of parameters by which addresses tell secrets. */
const SECRET = '(?:passw|pwd|secret|token|signature|credential|(?:api|access)[-_]?key)';
const SECRET_NAME = new RegExp(SECRET, 'i');
const SECRET_PARAMETER = new RegExp(`([?&][^=&#]*${SECRET}[^=&#]*=)[^&#]*`, 'gi');
/** Up to the last @: a password that is not escaped may have any character in it. */
const BEFORE_HOST = /^([\w+.-]+:\/\/|(?=[^@]*:)).+@/s;

interface AddressRule {
  /** Of what is expected, without its colon. */
  readonly protocol: RegExp;
  readonly example: string;
  /** What is said of an address with credentials: it has the remedy. */
  readonly refusal: string;
  /** Whether a user without a password may be in it. */
  readonly mayNameUser?: boolean;
}

/** The address of an engine or another system. Addresses are told in messages and logs, so that they must not have secrets. */
export function address({ protocol, example, refusal, mayNameUser = false }: AddressRule) {
  return z
    .url({ protocol, error: `expected an address such as ${example}`, abort: true })
    .refine((url) => !tellsSecret(new URL(url), mayNameUser), { error: refusal });
}

/** The text without what an address in it may tell of secrets, for messages. */
export function withoutSecrets(text: string): string {
  return text.replace(BEFORE_HOST, '$1…@').replace(SECRET_PARAMETER, '$1…');
}

function tellsSecret({ username, password, searchParams }: URL, mayNameUser: boolean): boolean {
  if (password !== '' || (username !== '' && !mayNameUser)) return true;
  return [...searchParams.keys()].some((name) => SECRET_NAME.test(name));
}

const SHOWN_DIGITS = 3;
const YEAR_DIGITS = 4;

/** `ada@example.com` as `a•••@example.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${first(email)}•••${email.slice(at)}`;
}

/** `+49 170 1234567` as `•••567`: too little to call, enough to tell from others. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length <= 2 * SHOWN_DIGITS ? '•••' : `•••${digits.slice(-SHOWN_DIGITS)}`;
}

/** `Ada L.` */
export function maskName(given: string | null, family: string | null): string {
  return [given, family === null || family === '' ? null : `${first(family)}.`].filter((part) => part).join(' ');
}

/** What is told of a person, by field, as who may not know them sees it: values can be told apart, and say little. */
export function maskFields(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, maskField(field, value)]));
}

function maskField(field: string, value: string): string {
  if (field === 'email') return maskEmail(value);
  if (field === 'phone') return maskPhone(value);
  if (field === 'birth_date') return value.slice(0, YEAR_DIGITS);
  // Where somebody lives is told to the town.
  if (field === 'city') return value;
  return `${first(value)}•••`;
}

/** The first character, however many code units it has. */
function first(text: string): string {
  return [...text][0] ?? '';
}

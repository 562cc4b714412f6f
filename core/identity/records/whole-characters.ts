/** Of UTF-8: bytes from here on belong to a character of several; those below `LEAD` are not its first. */
const SEVERAL = 0x80;
const LEAD = 0xc0;

/**
 * Shortens a text that was cut within its last character by what is left of that: engines read whole characters only.
 *
 * @param start the byte with the length of the text, which follows it
 */
export function cutToCharacters(bytes: Uint8Array, start: number): void {
  const end = start + (bytes[start] as number);
  if ((bytes[end] as number) < SEVERAL || end === start) return;
  let lead = end;
  while (lead > start + 1 && (bytes[lead] as number) < LEAD) lead--;
  if (lead + characterBytes(bytes[lead] as number) - 1 <= end) return;
  bytes.fill(0, lead, end + 1);
  bytes[start] = lead - 1 - start;
}

function characterBytes(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

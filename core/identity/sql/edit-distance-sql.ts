/** Two columns of texts as bytes in hexadecimal, in which letters are two characters each. */
export interface TextPair {
  readonly a: string;
  readonly b: string;
}

/**
 * How many letters both begin with, by halves: expressions, each of which names the one before; the last is the number (or
 * more, of equal texts). Plain SQL, since engines have no edit distance in common (Redshift has none), and count bytes or
 * characters.
 *
 * @param nameOf what the expression of a place is called
 */
export function commonStartSql({ a, b }: TextPair, width: number, nameOf: (place: number) => string): string[] {
  const halves = [32, 16, 8, 4, 2, 1].filter((half) => half <= width);
  return halves.map((half, place) => {
    const before = place === 0 ? '0' : nameOf(place - 1);
    const isEqual = `${letters(a, before, 0, half)} = ${letters(b, before, 0, half)}`;
    return `${before} + CASE WHEN ${isEqual} THEN ${half} ELSE 0 END`;
  });
}

/**
 * Whether one edit at most makes two texts equal: a letter less, another letter, or two neighbours swapped, behind what
 * both begin with.
 *
 * @param same an expression for how many letters they both begin with
 */
export function isOneEditSql({ a, b }: TextPair, same: string): string {
  const rest = (text: string, skipped: number) => letters(text, same, skipped);
  const letter = (text: string, place: number) => letters(text, same, place, 1);
  const ways = [
    `${rest(a, 1)} = ${rest(b, 1)}`,
    `${rest(a, 1)} = ${rest(b, 0)}`,
    `${rest(a, 0)} = ${rest(b, 1)}`,
    `(${letter(a, 0)} = ${letter(b, 1)} AND ${letter(a, 1)} = ${letter(b, 0)} AND ${rest(a, 2)} = ${rest(b, 2)})`,
  ];
  return `(${ways.join(' OR ')})`;
}

/** What is left of two texts after each way of one edit: they are two edits apart where one of these is one. */
export function afterOneEdit({ a, b }: TextPair, same: string): TextPair[] {
  const rest = (text: string, skipped: number) => letters(text, same, skipped);
  return [
    [1, 1],
    [1, 0],
    [0, 1],
    [2, 2],
  ].map(([ofA, ofB]) => ({ a: rest(a, ofA!), b: rest(b, ofB!) }));
}

/** Whether two letters behind what both begin with are swapped: only then may both be left out for one edit. */
export function isTransposedSql({ a, b }: TextPair, same: string): string {
  const letter = (text: string, place: number) => letters(text, same, place, 1);
  return `${letter(a, 0)} = ${letter(b, 1)} AND ${letter(a, 1)} = ${letter(b, 0)}`;
}

/** A part of a text: from so many letters behind an expression, all or so many. */
export function letters(text: string, behind: string, skipped: number, count?: number): string {
  const from = behind === '0' ? String(2 * skipped + 1) : `2 * ${behind} + ${2 * skipped + 1}`;
  return `substr(${text}, ${from}${count === undefined ? '' : `, ${2 * count}`})`;
}

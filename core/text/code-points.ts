/**
 * Compares two texts by Unicode code points, as UTF-8 bytes (and so SQL engines' binary order) compare. JavaScript's
 * own `<` compares UTF-16 units, and so puts characters beyond U+FFFF before some that precede them.
 *
 * @returns negative, 0 or positive
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return sortableUnit(unitA) - sortableUnit(unitB);
  }
  return a.length - b.length;
}

/** Moves surrogates, the halves of code points beyond U+FFFF, after every other UTF-16 unit. */
function sortableUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The rank of every letter when the alphabet is sorted by code points, by letter. */
export function codePointRanks(alphabet: readonly string[]): Uint32Array {
  const letters = alphabet.map((_, letter) => letter);
  letters.sort((a, b) => compareCodePoints(alphabet[a] ?? '', alphabet[b] ?? ''));
  const ranks = new Uint32Array(alphabet.length);
  letters.forEach((letter, rank) => (ranks[letter] = rank));
  return ranks;
}

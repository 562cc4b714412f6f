import { agreementLevels, type Agreement, type Comparison } from './agreement-levels';
import { INEXACT } from '../records/field-kinds';
import { isNickname, NICKNAMES_FROM } from '../records/nicknames';
import { editDistance, jaroWinkler, wordSimilarity } from './text-distance';

/** Two texts among the bytes of a table. */
type Texts = readonly [bytes: Uint8Array, a: number, lengthA: number, b: number, lengthB: number];

/** The level of two unequal values by their texts, as `agreementLevels` has them. */
export function levelOfTexts(comparison: Comparison, ...texts: Texts): number {
  const levels = agreementLevels[comparison];
  let level = 0;
  while (level < levels.length && !levels[level]!.anyOf.some((agreement) => agrees(agreement, texts))) level++;
  return INEXACT + level;
}

function agrees(agreement: Agreement, texts: Texts): boolean {
  const [bytes, a, lengthA, b, lengthB] = texts;
  switch (agreement.is) {
    case 'edits':
      return hasLetters(agreement, texts) && editDistance(...texts, agreement.most) <= agreement.most;
    case 'jaro-winkler':
      return hasLetters(agreement, texts) && jaroWinkler(...texts) >= agreement.least;
    case 'nickname':
      return isNickname(bytes, a - 1 + NICKNAMES_FROM, b - 1 + NICKNAMES_FROM);
    case 'words':
      return wordSimilarity(...texts) >= agreement.least;
    case 'initial':
      return (lengthA === 1 || lengthB === 1) && bytes[a] === bytes[b];
    case 'user':
      return isSameUser(texts);
    case 'dates':
      return areDates(texts) && agreement.equal.every(([ofA, ofB, digits]) => isSame(bytes, a + ofA, b + ofB, digits));
  }
}

function hasLetters({ letters = 0 }: { readonly letters?: number }, [, , lengthA, , lengthB]: Texts): boolean {
  return lengthA >= letters && lengthB >= letters;
}

/** Year, month, day. */
const DATE_LENGTH = 8;

function areDates([, , lengthA, , lengthB]: Texts): boolean {
  return lengthA === DATE_LENGTH && lengthB === DATE_LENGTH;
}

const AT = 0x40;

function isSameUser([bytes, a, lengthA, b, lengthB]: Texts): boolean {
  const user = userLength(bytes, a, lengthA);
  return user === userLength(bytes, b, lengthB) && isSame(bytes, a, b, user);
}

function userLength(bytes: Uint8Array, start: number, length: number): number {
  let user = 0;
  while (user < length && bytes[start + user] !== AT) user++;
  return user;
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[a + index] !== bytes[b + index]) return false;
  return true;
}

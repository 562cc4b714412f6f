import { equalityKey, type RecordTable } from './record-table';
import { dropValue, type Placeholder } from './placeholders';
import { codeWithRarity, raritiesInOrder, RARITIES, rarityOfCode } from './value-rarity';

/** In place of a rarity. */
const PLACEHOLDER = RARITIES;

/** How frequent the values of a field were when a model was learned: under that model they stay so. */
export interface KnownRarities {
  /** The rarity of values that are not among these. */
  readonly others: number;
  /** Hashes of values, ascending. */
  readonly values: Uint32Array;
  /** Of each, its rarity, or that it stands for none. */
  readonly rarities: Uint8Array;
}

/**
 * What `countValues` found, by field. Values of the rarest kind there is are most, and what a new value would be: they are
 * left out.
 *
 * @param placeholders what it found, too
 */
export function knownRarities(table: RecordTable, placeholders: readonly Placeholder[] = []): KnownRarities[] {
  return table.layout.map((_, field) => {
    const others = rarestOf(table, field);
    const hashes = equalityKey(table, field);
    const found = new Map<number, number>();
    forEachCode(table, field, 0, table.records, (code, record) => {
      const rarity = rarityOfCode(code);
      if (rarity !== others) found.set(hashes[record] as number, rarity);
    });
    for (const own of placeholders) if (own.field === field) found.set(own.hash, PLACEHOLDER);
    const values = Uint32Array.from(found.keys()).sort();
    return { others, values, rarities: Uint8Array.from(values, (value) => found.get(value)!) };
  });
}

/** Writes into the codes of some records what was known of their values' rarity, and takes from them what stands for none. */
export function markKnownRarity(table: RecordTable, known: readonly KnownRarities[], first: number, end: number): void {
  known.forEach((own, field) => {
    const hashes = equalityKey(table, field);
    forEachCode(table, field, first, end, (code, record, word) => {
      const rarity = rarityOf(own, hashes[record] as number);
      if (rarity === PLACEHOLDER) dropValue(table, field, record);
      else table.codes[word] = codeWithRarity(code, rarity);
    });
  });
}

function rarestOf(table: RecordTable, field: number): number {
  const met = new Set<number>();
  forEachCode(table, field, 0, table.records, (code) => met.add(rarityOfCode(code)));
  return raritiesInOrder.find((rarity) => met.has(rarity)) ?? 0;
}

function rarityOf({ others, values, rarities }: KnownRarities, hash: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return values[low] === hash ? (rarities[low] as number) : others;
}

function forEachCode(
  { codes, stride }: RecordTable,
  field: number,
  first: number,
  end: number,
  use: (code: number, record: number, word: number) => void,
): void {
  const words = stride >>> 2;
  for (let record = first; record < end; record++) {
    const word = record * words + field;
    const code = codes[word] as number;
    if (code !== 0) use(code, record, word);
  }
}

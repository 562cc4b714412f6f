import { isRemoval } from './changes';
import { doubleText } from './pg-json';
import type { GraphChange, GraphElement, PropertyValue } from './elements';

/**
 * Neptune's CSV format for the bulk loader (user guide, "Gremlin load data format"). Only what the guide leaves no doubt
 * about is written as CSV: what else there is goes by Gremlin, after it. So it matters to nobody whether a loader takes a
 * blank cell for an empty text, how it reads infinity, or whether it trims.
 */

/** Letters, digits and `_ . -`: names that no header has to escape. */
const PLAIN_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;
/** What CSV files may not have, or may lose: controls but tabs and line ends, halves of characters, byte order marks. */
const ODD_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff\ufffe\uffff]|\p{Surrogate}/u;

/** Whether the loader writes exactly this. */
export function isLoadable(element: GraphElement): boolean {
  const texts = element.kind === 'edge' ? [element.id, element.from, element.to] : [element.id];
  return (
    texts.every(isPlainText) &&
    Object.entries(element.properties).every(([name, value]) => PLAIN_NAME.test(name) && isPlainValue(value))
  );
}

function isPlainValue(value: PropertyValue): boolean {
  if (typeof value === 'string') return isPlainText(value);
  return value !== null && (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0)));
}

function isPlainText(text: string): boolean {
  return text !== '' && text.trim() === text && !ODD_CHARACTER.test(text);
}

/**
 * Tells, change by change, what the loader may write before everything else: upserts of elements that are named for the
 * first time, whose ends it writes, too, or are there already. What follows a removal may depend on it.
 */
export class LoaderSplit {
  private readonly seen = { vertex: new Set<string>(), edge: new Set<string>() };
  /** Vertices that may come into being only after the loader's work. */
  private readonly later = new Set<string>();
  private sawRemoval = false;

  isFirst(change: GraphChange): change is GraphElement {
    if (isRemoval(change)) this.sawRemoval = true;
    if (this.sawRemoval || isRemoval(change)) return false;
    const isNew = !this.seen[change.kind].has(change.id);
    this.seen[change.kind].add(change.id);
    const isFirst = isNew && isLoadable(change) && !(change.kind === 'edge' && this.hangsOnLater(change));
    if (isNew && !isFirst && change.kind === 'vertex') this.later.add(change.id);
    return isFirst;
  }

  private hangsOnLater({ from, to }: { readonly from: string; readonly to: string }): boolean {
    return this.later.has(from) || this.later.has(to);
  }
}

type ColumnType = 'String' | 'Long' | 'Double' | 'Bool';

/** Elements of one label that go into one file, whose properties have one type each. */
export class LoaderTable {
  private readonly columns = new Map<string, ColumnType>();
  private readonly elements: GraphElement[] = [];

  constructor(
    readonly kind: GraphElement['kind'],
    readonly label: string,
  ) {}

  get rows(): number {
    return this.elements.length;
  }

  /** Takes an element of its label, or says no where a property has another type here. */
  take(element: GraphElement): boolean {
    const types = Object.entries(element.properties).map(([name, value]) => [name, columnType(value)] as const);
    if (types.some(([name, type]) => (this.columns.get(name) ?? type) !== type)) return false;
    for (const [name, type] of types) this.columns.set(name, type);
    this.elements.push(element);
    return true;
  }

  /** The file's text. */
  text(): string {
    const names = [...this.columns.keys()];
    // Edges have no cardinality: theirs is always single.
    const cardinality = this.kind === 'vertex' ? '(single)' : '';
    const own = this.kind === 'vertex' ? ['~id', '~label'] : ['~id', '~from', '~to', '~label'];
    const header = [...own, ...[...this.columns].map(([name, type]) => `${name}:${type}${cardinality}`)];
    return [header, ...this.elements.map((element) => rowOf(element, names))].map((row) => `${row.join()}\n`).join('');
  }
}

function rowOf(element: GraphElement, names: readonly string[]): string[] {
  const ends = element.kind === 'edge' ? [element.from, element.to] : [];
  const values = names.map((name) => (Object.hasOwn(element.properties, name) ? element.properties[name]! : null));
  return [element.id, ...ends, element.label, ...values].map(cell);
}

/** A value as CSV has it; of null nothing. */
export function cell(value: PropertyValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return `"${value.replaceAll('"', '""')}"`;
  return typeof value === 'number' ? doubleText(value) : String(value);
}

function columnType(value: PropertyValue): ColumnType {
  if (typeof value === 'bigint') return 'Long';
  if (typeof value === 'number') return 'Double';
  return typeof value === 'boolean' ? 'Bool' : 'String';
}

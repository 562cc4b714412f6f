import type { EdgeLabel, GraphChange, GraphElement, PropertyValue, Removal, VertexLabel } from './elements';
import type { PgJsonRecord } from './pg-json';

/** A record of Neptune Streams. Other writers than the hub use more data types than it does. */
export interface StreamRecord extends Omit<PgJsonRecord, 'data'> {
  readonly data: Omit<PgJsonRecord['data'], 'value'> & {
    readonly value: { readonly value: string | number | boolean; readonly dataType: string };
  };
}

/** What a commit did to one element. */
export interface ElementChange {
  /** What went before, where the element was taken away. */
  readonly removal?: Removal;
  /** What the commit says of the element, where it is there after it. */
  readonly upsert?: PartialElement;
}

/** An element as far as the records of a commit tell of it. */
export interface PartialElement {
  readonly kind: 'vertex' | 'edge';
  readonly id: string;
  /** Absent, as the ends of an edge, where the commit only changed properties. */
  readonly label?: string;
  readonly from?: string;
  readonly to?: string;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly replaced: Readonly<Record<string, PropertyValue>>;
  /** Whether the records tell all of it, exactly. Of others the graph has to be asked. */
  readonly isWhole: boolean;
}

interface Draft {
  readonly kind: 'vertex' | 'edge';
  readonly id: string;
  label?: string;
  from?: string;
  to?: string;
  /** Whether the commit made it. */
  isNew: boolean;
  isGone: boolean;
  removal?: Removal;
  readonly properties: Map<string, PropertyValue>;
  readonly replaced: Map<string, PropertyValue>;
  isExact: boolean;
}

/**
 * What a commit did, element by element, in the order in which its records name them. Neptune Streams tell each label and
 * each property by a record of its own, the former value of a property as its removal, and of a vertex that is dropped
 * also all that went with it. In which order they do so within a commit does not matter here.
 *
 * @param records those of one commit, all of them
 */
export function elementChanges(records: readonly StreamRecord[]): ElementChange[] {
  const drafts = new Map<string, Draft>();
  for (const record of records) {
    const { id, type } = record.data;
    const kind = type === 'vl' || type === 'vp' ? 'vertex' : 'edge';
    const name = `${kind} ${id}`;
    const draft = drafts.get(name) ?? draftOf(kind, id);
    drafts.set(name, draft);
    if (type === 'vl' || type === 'e') noteExistence(draft, record);
    else noteProperty(draft, record);
  }
  return [...drafts.values()].map(changeOf);
}

/**
 * The change as the feed tells it: whole elements.
 *
 * @param found the element as the graph has it now, where it was asked
 * @returns undefined where the graph has it no more: that it was taken away is told later
 */
export function wholeElement(part: PartialElement, found: GraphElement | undefined): GraphChange | undefined {
  const { kind, id, label, from, to, isWhole } = part;
  if (!isWhole && found === undefined) return undefined;
  const properties = { ...found?.properties, ...part.properties };
  if (kind === 'edge') {
    const edge = found?.kind === 'edge' ? found : { label: '', from: '', to: '' };
    return {
      kind,
      id,
      label: (label ?? edge.label) as EdgeLabel,
      from: from ?? edge.from,
      to: to ?? edge.to,
      properties,
    };
  }
  const known = Object.keys(part.replaced).length === 0 ? {} : { replaced: part.replaced };
  return { kind, id, label: (label ?? found?.label) as VertexLabel, properties, ...known };
}

function draftOf(kind: Draft['kind'], id: string): Draft {
  return { kind, id, isNew: false, isGone: false, properties: new Map(), replaced: new Map(), isExact: true };
}

function noteExistence(draft: Draft, { data, op }: StreamRecord): void {
  const { from, to } = data;
  const label = String(data.value.value);
  const ends = from === undefined || to === undefined ? {} : { from, to };
  if (op === 'REMOVE') {
    const { kind, id } = draft;
    draft.isGone = true;
    draft.isNew = false;
    draft.properties.clear();
    draft.removal =
      kind === 'vertex' ? { kind: 'remove-vertex', id } : { kind: 'remove-edge', id, ...labelOf(label), ...ends };
    return;
  }
  // What went with the former one is not missing in the new one.
  if (draft.isGone) for (const [key, value] of draft.properties) if (value === null) draft.properties.delete(key);
  draft.isGone = false;
  draft.isNew = true;
  draft.label = label;
  Object.assign(draft, ends);
}

function labelOf(label: string): { label?: EdgeLabel } {
  return label === '' ? {} : { label: label as EdgeLabel };
}

function noteProperty(draft: Draft, { data, op }: StreamRecord): void {
  const { key } = data;
  const value = valueOf(data.value);
  if (op === 'ADD') {
    if (value === undefined) draft.isExact = false;
    else draft.properties.set(key, value);
    return;
  }
  if (!draft.replaced.has(key) && value !== undefined) draft.replaced.set(key, value);
  // The old value may be told after the new one.
  if (!draft.properties.has(key)) draft.properties.set(key, null);
}

/** Undefined where JSON could not carry it exactly: a Long beyond 2^53 that came as a number. */
function valueOf({ value, dataType }: StreamRecord['data']['value']): PropertyValue | undefined {
  if (dataType === 'Long') return typeof value === 'number' && !Number.isSafeInteger(value) ? undefined : BigInt(value);
  if (dataType === 'Double' || dataType === 'Float') return Number(value);
  return value;
}

function changeOf(draft: Draft): ElementChange {
  const { kind, id, label, from, to, isNew, isGone, removal, isExact } = draft;
  const before = removal === undefined ? {} : { removal };
  if (isGone) return before;
  const replaced = [...draft.replaced].filter(([key, value]) => draft.properties.get(key) !== value);
  const upsert: PartialElement = {
    kind,
    id,
    ...(label === undefined ? {} : { label }),
    ...(from === undefined || to === undefined ? {} : { from, to }),
    properties: asObject(draft.properties),
    replaced: asObject(replaced),
    isWhole: isNew && isExact,
  };
  return { ...before, upsert };
}

/** Own properties even for keys such as `__proto__`. */
function asObject(entries: Iterable<readonly [string, PropertyValue]>): Record<string, PropertyValue> {
  return Object.fromEntries(entries);
}

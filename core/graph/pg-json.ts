import { HubError } from '../errors';
import { isRemoval } from './changes';
import type { EdgeLabel, GraphChange, Properties, PropertyValue, VertexLabel } from './elements';

/**
 * Neptune Streams' PG_JSON records (Neptune user guide, "Serialization formats in Neptune Streams").
 *
 * Two differences, because the log is written before the graph is changed: a property that is replaced is one ADD of the
 * new value, and a REMOVE of the old one before it only where that is known (Neptune always writes it); and a REMOVE of
 * what is not known carries an empty value. Longs beyond 2^53 and
 * doubles that JSON has no number for are written as strings.
 */
export interface PgJsonRecord {
  readonly commitTimestamp: number;
  readonly eventId: { readonly commitNum: number; readonly opNum: number };
  readonly data: {
    readonly id: string;
    readonly type: 'vl' | 'vp' | 'e' | 'ep';
    readonly key: string;
    readonly value: { readonly value: string | number | boolean; readonly dataType: PgJsonDataType };
    readonly from?: string;
    readonly to?: string;
  };
  readonly op: 'ADD' | 'REMOVE';
  readonly isLastOp?: boolean;
}

export type PgJsonDataType = 'String' | 'Long' | 'Double' | 'Boolean';

const EMPTY = '{"value":"","dataType":"String"}';
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes the changes of one commit as PG_JSON lines. Concatenate what `add` returns, then what `finish` returns. */
export class PgJsonWriter {
  private ops = 0;
  private readonly start: string;

  constructor(commitNum: number, commitTimestamp: number) {
    this.start = `{"commitTimestamp":${commitTimestamp},"eventId":{"commitNum":${commitNum},"opNum":`;
  }

  /** Records so far. */
  get records(): number {
    return this.ops;
  }

  add(change: GraphChange): string {
    const id = quote(change.id);
    if (isRemoval(change)) {
      const ends = endsText(change.from, change.to);
      return this.record(id, change.kind === 'remove-vertex' ? 'vl' : 'e', '"label"', EMPTY + ends, 'REMOVE');
    }
    const label = `{"value":${quote(change.label)},"dataType":"String"}`;
    if (change.kind === 'vertex') {
      const { properties, replaced } = change;
      return this.record(id, 'vl', '"label"', label, 'ADD') + this.properties(id, 'vp', properties, replaced);
    }
    const ends = endsText(change.from, change.to);
    return this.record(id, 'e', '"label"', label + ends, 'ADD') + this.properties(id, 'ep', change.properties);
  }

  /** Marks the last record as the commit's last. */
  finish(): string {
    return this.ops === 0 ? '' : ',"isLastOp":true}\n';
  }

  private properties(id: string, type: 'vp' | 'ep', properties: Properties, replaced: Properties = {}): string {
    let text = '';
    for (const key in properties) {
      const value = properties[key]!;
      const before = Object.hasOwn(replaced, key) ? replaced[key]! : null;
      if (before !== null) text += this.record(id, type, quote(key), valueText(before), 'REMOVE');
      text +=
        value === null
          ? this.record(id, type, quote(key), EMPTY, 'REMOVE')
          : this.record(id, type, quote(key), valueText(value), 'ADD');
    }
    return text;
  }

  /** A record is left open, so that the commit's last one can still be told that it is. */
  private record(id: string, type: string, key: string, value: string, op: string): string {
    this.ops++;
    const before = this.ops === 1 ? '' : '}\n';
    return `${before}${this.start}${this.ops}},"data":{"id":${id},"type":"${type}","key":${key},"value":${value}},"op":"${op}"`;
  }
}

function endsText(from: string | undefined, to: string | undefined): string {
  return from === undefined || to === undefined ? '' : `,"from":${quote(from)},"to":${quote(to)}`;
}

function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function valueText(value: string | number | bigint | boolean): string {
  switch (typeof value) {
    case 'string':
      return `{"value":${quote(value)},"dataType":"String"}`;
    case 'bigint':
      return `{"value":${isExact(value) ? value : `"${value}"`},"dataType":"Long"}`;
    case 'number':
      return `{"value":${Number.isFinite(value) && !Object.is(value, -0) ? value : `"${doubleText(value)}"`},"dataType":"Double"}`;
    case 'boolean':
      return `{"value":${value},"dataType":"Boolean"}`;
  }
}

/** A double as Java and JavaScript both read it. */
export function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function isExact(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

interface OpenChange {
  kind: 'vertex' | 'edge';
  id: string;
  label: string;
  from?: string;
  to?: string;
  properties: Record<string, PropertyValue>;
  replaced: Record<string, PropertyValue>;
}

/** Reads records, in order, back into the changes they were written from. */
export class PgJsonReader {
  private open: OpenChange | undefined;

  /** Takes one record; returns the changes that are complete now. */
  add(record: PgJsonRecord): GraphChange[] {
    const { data, op } = record;
    if (data.type === 'vp' || data.type === 'ep') {
      if (this.open?.id !== data.id) throw outOfPlace(record);
      setProperty(this.open.properties, data.key, op === 'REMOVE' ? null : valueOf(data.value));
      if (op === 'REMOVE' && data.value.value !== '') setProperty(this.open.replaced, data.key, valueOf(data.value));
      return [];
    }
    const complete = this.finish();
    if (op === 'REMOVE') {
      const { id, from, to } = data;
      const ends = from === undefined || to === undefined ? {} : { from, to };
      complete.push({ kind: data.type === 'vl' ? 'remove-vertex' : 'remove-edge', id, ...ends });
      return complete;
    }
    this.open = {
      kind: data.type === 'vl' ? 'vertex' : 'edge',
      id: data.id,
      label: String(data.value.value),
      properties: {},
      replaced: {},
    };
    if (data.from !== undefined) this.open.from = data.from;
    if (data.to !== undefined) this.open.to = data.to;
    return complete;
  }

  /** The change that is still open, at the end of a commit. */
  finish(): GraphChange[] {
    const open = this.open;
    this.open = undefined;
    if (open === undefined) return [];
    const { id, properties, replaced } = open;
    if (open.kind === 'vertex') {
      const known = Object.keys(replaced).length === 0 ? {} : { replaced };
      return [{ kind: 'vertex', id, label: open.label as VertexLabel, properties, ...known }];
    }
    return [{ kind: 'edge', id, label: open.label as EdgeLabel, from: open.from ?? '', to: open.to ?? '', properties }];
  }
}

/** Own property even for a key such as `__proto__`. */
function setProperty(properties: Record<string, PropertyValue>, key: string, value: PropertyValue): void {
  Object.defineProperty(properties, key, { value, enumerable: true, configurable: true, writable: true });
}

function valueOf(value: PgJsonRecord['data']['value']): PropertyValue {
  if (value.dataType === 'Long') return BigInt(value.value);
  if (value.dataType === 'Double') return Number(value.value);
  return value.value;
}

function outOfPlace({ eventId }: PgJsonRecord): HubError {
  return new HubError(
    'GRAPH_LOG_INVALID',
    `change log, commit ${eventId.commitNum}, record ${eventId.opNum}: a property without its element; restore the change log's folder from a backup`,
  );
}

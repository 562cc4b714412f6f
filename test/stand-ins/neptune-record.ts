import type { GraphElement, PropertyValue } from '../../core/graph/elements';

export type Elements = ReadonlyMap<string, GraphElement>;

interface RecordData {
  readonly id: string;
  readonly type: 'vl' | 'vp' | 'e' | 'ep';
  readonly key: string;
  readonly value: { readonly value: unknown; readonly dataType: string };
  readonly from?: string;
  readonly to?: string;
}

interface Record {
  readonly commitTimestamp: number;
  readonly eventId: { readonly commitNum: number; readonly opNum: number };
  readonly data: RecordData;
  readonly op: 'ADD' | 'REMOVE';
  readonly isLastOp?: true;
}

type Operation = readonly [op: 'ADD' | 'REMOVE', data: RecordData];

/** An answer of the stream's. */
export interface StreamAnswer {
  readonly status: number;
  readonly body: string;
}

/** A Long beyond 2^53 is a plain number in Neptune's JSON, too. */
const BIG = /"\u2063(-?\d+)\u2063"/g;

/**
 * What changed in a graph as Neptune Streams tell it (user guide, "Serialization formats" and "API"): every label and every
 * property is a record, also those that go with a vertex that is dropped; a value that is replaced is told as removed first.
 */
export class ChangeRecord {
  private records: Record[] = [];
  private commits = 0;
  private trimmed = 0;

  /** Notes what one transaction made of the graph. */
  note(before: Elements, after: Elements): void {
    const operations = differences(before, after);
    if (operations.length === 0) return;
    const commitNum = ++this.commits;
    const commitTimestamp = Date.now();
    operations.forEach(([op, data], index) => {
      const isLastOp = index === operations.length - 1 ? { isLastOp: true as const } : {};
      this.records.push({ commitTimestamp, eventId: { commitNum, opNum: index + 1 }, data, op, ...isLastOp });
    });
  }

  /** Lets the records of commits up to one expire. */
  trim(through: number): void {
    this.trimmed = through;
    this.records = this.records.filter(({ eventId }) => eventId.commitNum > through);
  }

  clear(): void {
    [this.records, this.commits, this.trimmed] = [[], 0, 0];
  }

  answer(query: URLSearchParams): StreamAnswer {
    const limit = Number(query.get('limit') ?? 10);
    if (!(limit >= 1 && limit <= 100_000)) return refusal('InvalidParameterException', `limit ${limit}`);
    const [commitNum, opNum] = [Number(query.get('commitNum')), Number(query.get('opNum') ?? 1)];
    const type = query.get('iteratorType') ?? 'AT_SEQUENCE_NUMBER';
    if (type.endsWith('SEQUENCE_NUMBER') && commitNum <= this.trimmed) {
      // What comes right after the last record that is gone is still there.
      const isLast = type.startsWith('AFTER') && commitNum === this.trimmed;
      if (!isLast && this.trimmed > 0) return refusal('ExpiredStreamException', `commit ${commitNum} expired`);
    }
    const found = this.from(type, commitNum, opNum).slice(0, limit);
    const last = found.at(-1);
    if (last === undefined) return refusal('StreamRecordsNotFoundException', 'no records', 404);
    const body = {
      lastEventId: last.eventId,
      lastTrxTimestamp: last.commitTimestamp,
      format: 'PG_JSON',
      records: found,
      totalRecords: found.length,
    };
    return { status: 200, body: jsonOf(body) };
  }

  private from(type: string, commitNum: number, opNum: number): Record[] {
    if (type === 'LATEST') return this.records.slice(-1);
    if (type === 'TRIM_HORIZON') return this.records;
    const isAfter = type === 'AFTER_SEQUENCE_NUMBER';
    return this.records.filter(({ eventId }) => {
      if (eventId.commitNum !== commitNum) return eventId.commitNum > commitNum;
      return isAfter ? eventId.opNum > opNum : eventId.opNum >= opNum;
    });
  }
}

export function refusal(code: string, detailedMessage: string, status = 400): StreamAnswer {
  return { status, body: JSON.stringify({ requestId: '0', code, detailedMessage }) };
}

function jsonOf(body: unknown): string {
  const marked = (_: string, value: unknown) => (typeof value === 'bigint' ? `\u2063${value}\u2063` : value);
  return JSON.stringify(body, marked).replace(BIG, '$1');
}

/** Edges go first and come last, as they need their vertices. */
function differences(before: Elements, after: Elements): Operation[] {
  const gone = [...before.values()].filter((element) => !isSameElement(element, after.get(nameOf(element))));
  const fresh = [...after.values()].filter((element) => !isSameElement(element, before.get(nameOf(element))));
  const kept = [...after.values()].filter((element) => isSameElement(element, before.get(nameOf(element))));
  return [
    ...gone.sort(byKind('edge')).flatMap(removed),
    ...fresh.sort(byKind('vertex')).flatMap(added),
    ...kept.flatMap((element) => changed(before.get(nameOf(element))!, element)),
  ];
}

export function nameOf({ kind, id }: Pick<GraphElement, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

function byKind(first: GraphElement['kind']): (a: GraphElement, b: GraphElement) => number {
  return (a, b) => Number(b.kind === first) - Number(a.kind === first);
}

function isSameElement(a: GraphElement, b: GraphElement | undefined): boolean {
  if (b?.kind !== a.kind || b.label !== a.label) return false;
  return a.kind === 'vertex' || (b.kind === 'edge' && a.from === b.from && a.to === b.to);
}

function existence(element: GraphElement): RecordData {
  const value = { value: element.label, dataType: 'String' };
  if (element.kind === 'vertex') return { id: element.id, type: 'vl', key: 'label', value };
  return { id: element.id, type: 'e', key: 'label', value, from: element.from, to: element.to };
}

function property({ kind, id }: GraphElement, key: string, value: PropertyValue): RecordData {
  return { id, type: kind === 'vertex' ? 'vp' : 'ep', key, value: wireValue(value) };
}

function wireValue(value: PropertyValue): RecordData['value'] {
  if (typeof value === 'bigint') return { value, dataType: 'Long' };
  if (typeof value === 'number') return { value: Number.isFinite(value) ? value : String(value), dataType: 'Double' };
  return { value, dataType: typeof value === 'boolean' ? 'Boolean' : 'String' };
}

function removed(element: GraphElement): Operation[] {
  const properties = Object.entries(element.properties).map(([key, value]) => property(element, key, value));
  return [...properties, existence(element)].map((data) => ['REMOVE', data]);
}

function added(element: GraphElement): Operation[] {
  const properties = Object.entries(element.properties).map(([key, value]) => property(element, key, value));
  return [existence(element), ...properties].map((data) => ['ADD', data]);
}

function changed(before: GraphElement, after: GraphElement): Operation[] {
  const keys = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  return [...keys].flatMap((key): Operation[] => {
    const [old, now] = [before.properties[key], after.properties[key]];
    if (Object.is(old, now)) return [];
    return [
      ...(old === undefined ? [] : [['REMOVE', property(after, key, old)] as const]),
      ...(now === undefined ? [] : [['ADD', property(after, key, now)] as const]),
    ];
  });
}

import { parse } from 'csv-parse/sync';
import type { GraphChange, Properties, Vertex } from '../../../core/graph/elements';
import { LoaderSplit, LoaderTable, isLoadable } from '../../../core/graph/loader-csv';

const vertex = (id: string, properties: Properties = {}): Vertex => ({
  kind: 'vertex',
  id,
  label: 'Event',
  properties,
});
const edge = (id: string, from: string, to: string): GraphChange => ({
  ...{ kind: 'edge', id, label: 'PERFORMED', from, to },
  properties: {},
});

describe('loader CSV', () => {
  it.each<readonly [string | number | null, string]>([
    ['', 'an empty text'],
    [' x', 'blanks around'],
    ['a\u0000b', 'a control'],
    ['\ud800', 'half a character'],
    [Infinity, 'no finite number'],
    [-0, 'minus nought'],
    [null, 'a property that is taken away'],
  ])('does not hold %j: %s', (...[value]) => {
    expect(isLoadable(vertex('a', { value }))).toBe(false);
    if (typeof value === 'string') expect(isLoadable(vertex(value))).toBe(false);
  });

  it.each(['a:b', '~id', 'a,b', 'a b', '"', 'x[]', 'a(single)'])('has no column named %j', (name) => {
    expect(isLoadable(vertex('a', { [name]: 'x' }))).toBe(false);
  });

  it('has a column and a type for every property, quotes texts, and leaves blank what an element does not have', () => {
    const table = new LoaderTable('vertex', 'Event');
    const texts = { type: 'say "hi", \r\n;\\ 😀', größe: 'L' };
    expect(table.take(vertex('a', { ...texts, at: 2n ** 63n - 1n }))).toBe(true);
    expect(table.take(vertex('b', { amount: 1e-7, isNew: true }))).toBe(true);
    const [header, ...rows] = parse(table.text()) as string[][];
    expect(header).toEqual([
      ...['~id', '~label', 'type:String(single)', 'größe:String(single)'],
      ...['at:Long(single)', 'amount:Double(single)', 'isNew:Bool(single)'],
    ]);
    expect(rows).toEqual([
      ['a', 'Event', ...Object.values(texts), '9223372036854775807', '', ''],
      ['b', 'Event', '', '', '', '1e-7', 'true'],
    ]);
  });

  it('has ends and no cardinality for edges', () => {
    const table = new LoaderTable('edge', 'PERFORMED');
    table.take({ kind: 'edge', id: 'e', label: 'PERFORMED', from: 'p', to: 'v', properties: { weight: 2 } });
    expect(table.text()).toBe('~id,~from,~to,~label,weight:Double\n"e","p","v","PERFORMED",2\n');
  });

  it('keeps values of one name and several types apart', () => {
    const table = new LoaderTable('vertex', 'Event');
    expect(table.take(vertex('a', { amount: 1 }))).toBe(true);
    expect(table.take(vertex('b', { amount: 'one' }))).toBe(false);
    expect(table.rows).toBe(1);
    expect(table.take(vertex('c', { constructor: 'x' }))).toBe(true);
  });
});

describe('what the loader writes first', () => {
  const firstOf = (changes: readonly GraphChange[]) => {
    const split = new LoaderSplit();
    return changes.filter((change) => split.isFirst(change)).map(({ id }) => id);
  };

  it('is every element once, with edges of vertices that are there or that it writes', () => {
    expect(firstOf([vertex('a'), vertex('b'), vertex('a', { x: 1 }), edge('e', 'a', 'elsewhere')])).toEqual([
      'a',
      'b',
      'e',
    ]);
  });

  it('is nothing that hangs on what comes later', () => {
    const odd = vertex('odd', { text: '' });
    expect(firstOf([odd, vertex('b'), edge('e', 'b', 'odd'), edge('f', 'b', 'b'), vertex('odd')])).toEqual(['b', 'f']);
  });

  it('is nothing after a removal', () => {
    expect(firstOf([vertex('a'), { kind: 'remove-vertex', id: 'b' }, vertex('c')])).toEqual(['a']);
  });
});

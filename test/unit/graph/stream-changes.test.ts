import type { GraphElement } from '../../../core/graph/elements';
import { elementChanges, wholeElement, type StreamRecord } from '../../../core/graph/stream-changes';

type Data = StreamRecord['data'];

let ops = 0;
const record = (op: 'ADD' | 'REMOVE', data: Data): StreamRecord => ({
  commitTimestamp: 1,
  eventId: { commitNum: 1, opNum: ++ops },
  data,
  op,
});
const text = (value: string) => ({ value, dataType: 'String' });
const label = (id: string, value = 'Event'): Data => ({ id, type: 'vl', key: 'label', value: text(value) });
const type = (id: string, value: string): Data => ({ id, type: 'vp', key: 'type', value: text(value) });
const tie = (from: string, to: string): Data => ({
  ...{ id: 'tie', type: 'e', key: 'label', from, to },
  value: text('IDENTIFIED_AS'),
});

describe('changes of elements from the records of a commit', () => {
  it('are whole where the commit made the element, in whatever order it tells of it', () => {
    const whole = {
      kind: 'vertex',
      id: 'e',
      label: 'Event',
      properties: { type: 'call' },
      replaced: {},
      isWhole: true,
    };
    const records = [record('ADD', label('e')), record('ADD', type('e', 'call'))];
    expect(elementChanges(records)).toEqual([{ upsert: whole }]);
    expect(elementChanges([...records].reverse())).toEqual([{ upsert: whole }]);
  });

  it('tell what a value took the place of, whichever is told first', () => {
    const records = [record('REMOVE', type('e', 'call')), record('ADD', type('e', 'chat'))];
    const expected = { properties: { type: 'chat' }, replaced: { type: 'call' }, isWhole: false };
    for (const order of [records, [...records].reverse()]) {
      expect(elementChanges(order)).toMatchObject([{ upsert: expected }]);
    }
  });

  it('take a property away that is only removed, and leave one alone that is as it was', () => {
    expect(elementChanges([record('REMOVE', type('e', 'call'))])).toMatchObject([
      { upsert: { properties: { type: null } } },
    ]);
    const same = [record('REMOVE', type('e', 'call')), record('ADD', type('e', 'call'))];
    expect(elementChanges(same)).toMatchObject([{ upsert: { replaced: {} } }]);
  });

  it('of a vertex that is dropped are its removal, and that of its edges with ends and label', () => {
    const records = [
      record('REMOVE', type('e', 'call')),
      record('REMOVE', tie('p', 'e')),
      record('REMOVE', label('e')),
    ];
    for (const order of [records, [...records].reverse()]) {
      const changes = elementChanges(order);
      expect(changes).toHaveLength(2);
      expect(changes).toContainEqual({ removal: { kind: 'remove-vertex', id: 'e' } });
      const edge = { kind: 'remove-edge', id: 'tie', label: 'IDENTIFIED_AS', from: 'p', to: 'e' };
      expect(changes).toContainEqual({ removal: edge });
    }
  });

  it('of one that is taken away and comes back are both, and what it had is not missing in it', () => {
    const changes = elementChanges([
      record('REMOVE', { ...type('e', 'call'), key: 'old' }),
      record('REMOVE', label('e')),
      record('ADD', label('e')),
      record('ADD', type('e', 'chat')),
      record('REMOVE', tie('p', 'a')),
      record('ADD', tie('p', 'b')),
    ]);
    expect(changes).toMatchObject([
      { removal: { kind: 'remove-vertex' }, upsert: { properties: { type: 'chat' }, isWhole: true } },
      { removal: { kind: 'remove-edge', to: 'a' }, upsert: { to: 'b', isWhole: true } },
    ]);
    expect(Object.keys(changes[0]!.upsert!.properties)).toEqual(['type']);
  });

  it('keep vertices and edges of one id apart, and keys apart from what objects have', () => {
    const odd = record('ADD', { ...type('tie', 'x'), key: '__proto__' });
    const changes = elementChanges([record('ADD', label('tie')), odd, record('ADD', tie('a', 'b'))]);
    expect(changes.map(({ upsert }) => upsert?.kind)).toEqual(['vertex', 'edge']);
    expect(Object.entries(changes[0]!.upsert!.properties)).toEqual([['__proto__', 'x']]);
  });

  it('know numbers by their types, and which JSON could not carry', () => {
    const number = (key: string, value: string | number, dataType: string) =>
      record('ADD', { id: 'e', type: 'vp', key, value: { value, dataType } });
    const told = [
      number('long', 5, 'Long'),
      number('text', '9223372036854775807', 'Long'),
      number('double', 'Infinity', 'Double'),
      number('int', 3, 'Integer'),
    ];
    expect(elementChanges([record('ADD', label('e')), ...told])[0]!.upsert).toMatchObject({
      properties: { long: 5n, text: 9223372036854775807n, double: Infinity, int: 3 },
      isWhole: true,
    });
    const lost = elementChanges([record('ADD', label('e')), number('long', 2 ** 60, 'Long')]);
    expect(lost).toMatchObject([{ upsert: { properties: {}, isWhole: false } }]);
  });
});

describe('a change as a whole element', () => {
  const found: GraphElement = {
    ...{ kind: 'vertex', id: 'e', label: 'Event' },
    properties: { type: 'later', channel: 'web' },
  };

  it('has of the graph what the commit does not tell', () => {
    const { upsert } = elementChanges([record('REMOVE', type('e', 'call')), record('ADD', type('e', 'chat'))])[0]!;
    const properties = { type: 'chat', channel: 'web' };
    expect(wholeElement(upsert!, found)).toEqual({ ...found, properties, replaced: { type: 'call' } });
    expect(wholeElement(upsert!, undefined)).toBeUndefined();
  });
});

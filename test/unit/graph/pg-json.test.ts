import fc from 'fast-check';
import type { GraphChange, PropertyValue } from '../../../core/graph/elements';
import { PgJsonReader, PgJsonWriter } from '../../../core/graph/pg-json';
import type { PgJsonRecord } from '../../../core/graph/pg-json';

const text = fc.string({ unit: 'binary' });
const value: fc.Arbitrary<PropertyValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constant(null),
);
const properties = fc.dictionary(text, value);
const change: fc.Arbitrary<GraphChange> = fc.oneof(
  fc.record({ kind: fc.constant('vertex'), id: text, label: fc.constantFrom('Profile', 'Event'), properties }),
  fc.record({ kind: fc.constant('edge'), id: text, label: fc.constant('PERFORMED'), from: text, to: text, properties }),
  fc.record({ kind: fc.constantFrom('remove-vertex', 'remove-edge'), id: text }),
) as fc.Arbitrary<GraphChange>;

function recordsOf(changes: readonly GraphChange[]): PgJsonRecord[] {
  const writer = new PgJsonWriter(7, 1_700_000_000_000);
  const lines = changes.map((each) => writer.add(each)).join('') + writer.finish();
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as PgJsonRecord);
}

describe('PG_JSON', () => {
  it('tells a value that was replaced as one that is removed before the other is added', () => {
    const changed: GraphChange = {
      kind: 'vertex',
      id: 'e',
      label: 'Event',
      properties: { type: 'new', ts: 5n },
      replaced: { type: 'old' },
    };
    const records = recordsOf([changed]);
    expect(records.map(({ op, data }) => [op, data.key, data.value.value])).toEqual([
      ['ADD', 'label', 'Event'],
      ['REMOVE', 'type', 'old'],
      ['ADD', 'type', 'new'],
      ['ADD', 'ts', 5],
    ]);
    const reader = new PgJsonReader();
    expect([...records.flatMap((record) => reader.add(record)), ...reader.finish()]).toEqual([changed]);
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const reader = new PgJsonReader();
        const read = [...recordsOf(changes).flatMap((record) => reader.add(record)), ...reader.finish()];
        expect(plain(read)).toEqual(plain(changes));
      }),
    );
  });

  it('numbers the records of a commit and marks the last one', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1 }), (changes) => {
        const records = recordsOf(changes);
        expect(records.map(({ eventId }) => eventId.opNum)).toEqual(records.map((_, index) => index + 1));
        expect(records.map((record) => record.isLastOp ?? false)).toEqual(
          records.map((_, i) => i === records.length - 1),
        );
      }),
    );
  });

  it('has the form of Neptune Streams', () => {
    const at = { commitTimestamp: 1_700_000_000_000, op: 'ADD' };
    const records = recordsOf([
      { kind: 'vertex', id: 'e1', label: 'Event', properties: { at: 5n, share: 0.5 } },
      { kind: 'edge', id: 'p1', label: 'PERFORMED', from: 'c1', to: 'e1', properties: { sure: true } },
    ]);
    expect(records).toEqual([
      {
        ...at,
        eventId: { commitNum: 7, opNum: 1 },
        data: { id: 'e1', type: 'vl', key: 'label', value: { value: 'Event', dataType: 'String' } },
      },
      {
        ...at,
        eventId: { commitNum: 7, opNum: 2 },
        data: { id: 'e1', type: 'vp', key: 'at', value: { value: 5, dataType: 'Long' } },
      },
      {
        ...at,
        eventId: { commitNum: 7, opNum: 3 },
        data: { id: 'e1', type: 'vp', key: 'share', value: { value: 0.5, dataType: 'Double' } },
      },
      {
        ...at,
        eventId: { commitNum: 7, opNum: 4 },
        data: {
          id: 'p1',
          type: 'e',
          key: 'label',
          value: { value: 'PERFORMED', dataType: 'String' },
          from: 'c1',
          to: 'e1',
        },
      },
      {
        ...at,
        eventId: { commitNum: 7, opNum: 5 },
        data: { id: 'p1', type: 'ep', key: 'sure', value: { value: true, dataType: 'Boolean' } },
        isLastOp: true,
      },
    ]);
  });

  it('refuses a property without its element', () => {
    const [, property] = recordsOf([{ kind: 'vertex', id: 'e1', label: 'Event', properties: { a: 1 } }]);
    expect(() => new PgJsonReader().add(property!)).toThrow(expect.objectContaining({ code: 'GRAPH_LOG_INVALID' }));
  });
});

/** Without prototypes and exotic property attributes, which do not matter here. */
function plain(changes: readonly GraphChange[]): unknown[] {
  return changes.map((each) =>
    'properties' in each ? { ...each, properties: Object.entries(each.properties) } : each,
  );
}

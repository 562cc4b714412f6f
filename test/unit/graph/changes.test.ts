import fc from 'fast-check';
import { checkChange, phasesOf } from '../../../core/graph/changes';
import type { GraphChange, Properties } from '../../../core/graph/elements';

const id = fc.constantFrom('a', 'b', 'c');
const properties = fc.dictionary(fc.constantFrom('x', 'y'), fc.option(fc.integer(), { nil: null }));
const change = fc.oneof(
  fc.record({ kind: fc.constant('vertex'), id, label: fc.constant('Event'), properties }),
  fc.record({ kind: fc.constant('remove-vertex'), id }),
) as fc.Arbitrary<GraphChange>;

/** The plainest store there is: what changes mean. */
function outcome(changes: readonly GraphChange[]): Map<string, Map<string, unknown>> {
  const store = new Map<string, Map<string, unknown>>();
  for (const each of changes) {
    if (!('properties' in each)) {
      store.delete(each.id);
      continue;
    }
    const values = store.get(each.id) ?? new Map<string, unknown>();
    for (const [key, value] of Object.entries(each.properties)) {
      if (value === null) values.delete(key);
      else values.set(key, value);
    }
    store.set(each.id, values);
  }
  return store;
}

describe('phasesOf', () => {
  it('keeps the outcome, in any order within a phase, with every element once', () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const phases = phasesOf(changes);
        for (const phase of phases)
          expect(new Set(phase.changes.map((each) => each.id)).size).toBe(phase.changes.length);
        const reordered = phases.flatMap((phase) => [...(phase.changes as readonly GraphChange[])].reverse());
        expect(outcome(reordered)).toEqual(outcome(changes));
      }),
    );
  });
});

describe('checkChange', () => {
  const vertex = (properties: Properties, name = 'v'): GraphChange => ({
    kind: 'vertex',
    id: name,
    label: 'Event',
    properties,
  });

  it.each([
    [vertex({}, ''), /empty id/],
    [vertex({ '': 1 }), /property named ""/],
    [vertex({ '~id': 1 }), /property named "~id"/],
    [vertex({ at: 2n ** 63n }), /"v" property "at".*64-bit/],
    [vertex({ at: -(2n ** 63n) - 1n }), /64-bit/],
  ])('refuses %j', (bad, message) => {
    expect(() => checkChange(bad)).toThrow(
      expect.objectContaining({ code: 'GRAPH_LOAD_FAILED', message: expect.stringMatching(message) }),
    );
  });

  it('takes the largest and smallest Long', () => {
    expect(() => checkChange(vertex({ a: 2n ** 63n - 1n, b: -(2n ** 63n), c: null }))).not.toThrow();
  });
});

import type { Edge, GraphChange, GraphElement, Properties, Vertex } from '../../core/graph/elements';
import type { Graph } from '../../ports/graph';

export interface GraphUnderTest {
  /** A graph over an empty store; asked again within a test, another graph over the same store. */
  open(): Promise<Graph>;
  /** Empties the store. */
  reset(): Promise<void>;
  /** Whether a small load that is refused leaves nothing behind; true by default. */
  readonly allOrNothing?: boolean;
}

/** What every adapter of the graph port must do. */
export function graphContract(name: string, target: GraphUnderTest): void {
  describe(`graph contract: ${name}`, () => {
    let graph: Graph;

    beforeEach(async () => {
      await target.reset();
      graph = await target.open();
    });
    afterEach(() => graph.close());

    it('holds what was loaded', async () => {
      const result = await graph.load({ key: 'first', changes: once(journey()) });
      expect(result).toEqual({ path: expect.stringMatching(/bulk|upsert/), changes: journey().length });
      expect(await allOf(graph)).toEqual(inOrder(journey()));
      expect(await graph.counts()).toEqual({
        vertices: { Customer: 2, Event: 3 },
        edges: { PERFORMED: 3 },
      });
    });

    it('does not run a finished load again', async () => {
      await graph.load({ key: 'first', changes: once(journey()) });
      const again = await graph.load({ key: 'first', changes: once([customer('other')]) });
      expect(again).toEqual({ path: 'already-loaded', changes: journey().length });
      expect(await allOf(graph)).toEqual(inOrder(journey()));
    });

    it('knows a finished load after it was opened again', async () => {
      await graph.load({ key: 'first', changes: once(journey()) });
      const reopened = await target.open();
      const again = await reopened.load({ key: 'first', changes: once(journey()) });
      await reopened.close();
      expect(again.path).toBe('already-loaded');
    });

    it('takes an empty load as finished', async () => {
      expect((await graph.load({ key: 'nothing', changes: once([]) })).changes).toBe(0);
      expect((await graph.load({ key: 'nothing', changes: once([]) })).path).toBe('already-loaded');
    });

    it('writes the same elements twice as once', async () => {
      await graph.load({ key: 'first', changes: once(journey()) });
      await graph.load({ key: 'second', changes: once(journey()) });
      expect(await allOf(graph)).toEqual(inOrder(journey()));
    });

    it('replaces a value, keeps properties it does not name, removes those that are null', async () => {
      await graph.load({ key: 'first', changes: once([customer('a', { name: 'Ann', city: 'Ulm', age: 4n })]) });
      await graph.load({ key: 'second', changes: once([customer('a', { name: 'Anna', city: null })]) });
      expect(await allOf(graph)).toEqual([customer('a', { age: 4n, name: 'Anna' })]);
    });

    it('replaces the properties of edges too', async () => {
      await graph.load({ key: 'first', changes: once(journey()) });
      await graph.load({ key: 'second', changes: once([performed('a', '1', { weight: 2, note: 'x' })]) });
      await graph.load({ key: 'third', changes: once([performed('a', '1', { weight: 3, note: null })]) });
      const edges = (await allOf(graph)).filter((element) => element.id === 'performed-1');
      expect(edges).toEqual([performed('a', '1', { weight: 3 })]);
    });

    it('lets the last of several changes to one element win', async () => {
      const changes = [
        customer('a', { name: 'A', city: 'Ulm' }),
        customer('a', { name: 'B' }),
        customer('a', { city: null }),
      ];
      for (const key of ['first', 'second']) await graph.load({ key, changes: once(changes) });
      expect(await allOf(graph)).toEqual([customer('a', { name: 'B' })]);
    });

    it('takes vertices with their edges away, and what is not there without error', async () => {
      await graph.load({ key: 'first', changes: once(journey()) });
      const removals: GraphChange[] = [
        { kind: 'remove-vertex', id: 'a' },
        { kind: 'remove-vertex', id: 'never was' },
        { kind: 'remove-edge', id: 'never was' },
        { kind: 'remove-edge', id: 'performed-3' },
      ];
      await graph.load({ key: 'second', changes: once(removals) });
      expect(await allOf(graph)).toEqual(inOrder([customer('b'), event('1'), event('2'), event('3')]));
    });

    it('applies changes of one load in their order', async () => {
      const changes: GraphChange[] = [
        customer('a', { name: 'old' }),
        { kind: 'remove-vertex', id: 'a' },
        customer('a', { city: 'new' }),
      ];
      await graph.load({ key: 'first', changes: once(changes) });
      expect(await allOf(graph)).toEqual([customer('a', { city: 'new' })]);
    });

    it('keeps every text and number as it is', async () => {
      const elements = [customer(ODD_TEXT, ODD_VALUES), customer('b'), ...oddEdges()];
      await graph.load({ key: ODD_TEXT, changes: once(elements) });
      expect(await allOf(graph)).toEqual(inOrder(elements));
    });

    it('refuses an edge without its vertices, and holds nothing of that load', async () => {
      await graph.load({ key: 'first', changes: once(journey()) });
      const bad = graph.load({ key: 'second', changes: once([customer('c'), performed('nobody', '1', {}, 'lost')]) });
      await expect(bad).rejects.toMatchObject({ code: 'GRAPH_LOAD_FAILED', retryable: false });
      if (target.allOrNothing !== false) expect(await allOf(graph)).toEqual(inOrder(journey()));
      await graph.load({ key: 'second', changes: once([customer('c')]) });
      expect(await allOf(graph)).toEqual(inOrder([...journey(), customer('c')]));
    });

    it('refuses a Long that has more than 64 bits, naming element and property', async () => {
      const bad = graph.load({ key: 'first', changes: once([customer('a', { at: 2n ** 63n })]) });
      await expect(bad).rejects.toMatchObject({
        code: 'GRAPH_LOAD_FAILED',
        message: expect.stringMatching(/"a".*"at"/),
      });
    });

    it('stops when the signal fires, and goes on later', async () => {
      const stop = new AbortController();
      async function* changes(): AsyncGenerator<GraphChange[]> {
        yield journey().slice(0, 2);
        stop.abort();
        yield journey().slice(2);
      }
      const stopped = graph.load({ key: 'first', changes: changes() }, { signal: stop.signal });
      await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
      await graph.load({ key: 'first', changes: once(journey()) });
      expect(await allOf(graph)).toEqual(inOrder(journey()));
    });

    it('reports progress up to the last change', async () => {
      const seen: number[] = [];
      await graph.load({ key: 'first', changes: once(journey()) }, { onProgress: (done) => seen.push(done) });
      expect(seen.at(-1)).toBe(journey().length);
    });
  });
}

const ODD_TEXT = `<a href="x">&amp;'"</a>\r\n\t 😀 Ünï \\ $\{x} \u2028 '); g.V().drop(); //`;
const ODD_VALUES: Properties = {
  control: 'a\u0000b\u0001\u001f\u007f\ufffe',
  double: 0.1,
  doubleThatIsWhole: 5,
  empty: '',
  infinite: Infinity,
  longest: 2n ** 63n - 1n,
  minusZero: -0,
  'n a <m> & "e"': ODD_TEXT,
  negative: -(2n ** 63n),
  no: false,
  text: ODD_TEXT,
  tiny: 5e-324,
  yes: true,
};

function oddEdges(): Edge[] {
  const edge = (id: string, properties: Properties): Edge => ({ ...performed(ODD_TEXT, id, properties), to: 'b' });
  return [edge('plain', {}), edge(`control \u0002 ${ODD_TEXT}`, ODD_VALUES)];
}

/** Two customers with three events. */
export function journey(): GraphElement[] {
  return [
    customer('a', { name: 'Ann' }),
    customer('b'),
    ...['1', '2', '3'].map((id) => event(id)),
    performed('a', '1'),
    performed('a', '2'),
    performed('b', '3'),
  ];
}

export function customer(id: string, properties: Properties = {}): Vertex {
  return { kind: 'vertex', id, label: 'Customer', properties };
}

export function event(id: string): Vertex {
  return { kind: 'vertex', id, label: 'Event', properties: { at: 1_700_000_000_000n, type: 'call' } };
}

export function performed(from: string, to: string, properties: Properties = {}, id = `performed-${to}`): Edge {
  return { kind: 'edge', id, label: 'PERFORMED', from, to, properties };
}

export async function* once(changes: readonly GraphChange[]): AsyncGenerator<readonly GraphChange[]> {
  yield changes;
}

/** Elements as `Graph.elements` gives them. */
export function inOrder(elements: readonly GraphElement[]): GraphElement[] {
  const byId = (a: GraphElement, b: GraphElement) => (a.id < b.id ? -1 : 1);
  return [
    ...elements.filter((element) => element.kind === 'vertex').sort(byId),
    ...elements.filter((element) => element.kind === 'edge').sort(byId),
  ];
}

export async function allOf(graph: Graph): Promise<GraphElement[]> {
  const all: GraphElement[] = [];
  for await (const element of graph.elements()) all.push(element);
  return all;
}

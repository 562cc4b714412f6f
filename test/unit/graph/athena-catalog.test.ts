import { athenaCatalog, traverseSql } from '../../../core/graph/athena-catalog';
import { graphViews } from '../../../core/graph/athena-views';
import { sub, type Traversal, type TraversalParameters } from '../../../core/graph/traversal';

const tableOf = (name: string, open = {}) => athenaCatalog(open).find((table) => table.name === name)!;
const NAMES: Traversal = [['V'], ['hasLabel', 'Event'], ['project', 'id'], ['by', sub(['id'])]];

describe("the catalog of Athena's connector", () => {
  it('has a table for every label, and views', () => {
    expect(athenaCatalog().map(({ name, parameters }) => `${parameters['componenttype']} ${name}`)).toEqual([
      'vertex profile',
      'vertex event',
      'vertex customer',
      'vertex milestone',
      'edge performed',
      'edge identified_as',
      'edge reached',
      'edge evidenced_by',
      'view customer_journeys',
      'view milestone_evidence',
    ]);
  });

  it('names the label as the graph has it, for Glue knows lower case only', () => {
    expect(tableOf('identified_as').parameters).toMatchObject({ glabel: 'IDENTIFIED_AS' });
    for (const { name, columns } of athenaCatalog({ Profile: ['segment'] }))
      for (const text of [name, ...columns.map((column) => column.name)]) expect(text).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  it('has columns of the types that the graph has', () => {
    expect(tableOf('event').columns).toEqual([
      { name: 'id', type: 'string' },
      { name: 'type', type: 'string' },
      { name: 'channel', type: 'string' },
      { name: 'ts', type: 'bigint' },
      { name: 'source', type: 'string' },
    ]);
  });

  it('has what sources tell as texts, in one order, and never in place of what the hub itself keeps', () => {
    const names = (open: string[]) => tableOf('event', { Event: open }).columns.map(({ name }) => name);
    expect(names(['zone', 'ts', 'id', 'amount', 'zone'])).toEqual([
      'id',
      'type',
      'channel',
      'ts',
      'source',
      'amount',
      'zone',
    ]);
    expect(tableOf('event', { Event: ['ts', 'amount'] }).columns).toContainEqual({ name: 'amount', type: 'string' });
  });

  it("has views whose rows have the columns, none by a name that the connector takes for the element's own", () => {
    for (const { columns, traversal } of graphViews) {
      const [, ...keys] = traversal.find(([step]) => step === 'project')!;
      expect(keys).toEqual(Object.keys(columns));
      expect(keys).not.toContain('id');
    }
  });
});

describe('a traversal through Athena', () => {
  const ask = { database: 'graph', collection: 'customer_journeys', traversal: NAMES, limit: 10 };

  it('is a table function', () => {
    expect(traverseSql(ask)).toBe(
      "SELECT * FROM TABLE(system.traverse(DATABASE => 'graph', COLLECTION => 'customer_journeys', COMPONENTTYPE => 'view', " +
        "TRAVERSE => 'g.V().hasLabel(''Event'').project(''id'').by(__.id()).limit(10)'))",
    );
  });

  it('keeps values values, in Gremlin and in SQL', () => {
    const traversal: Traversal = [['V', { parameter: 'customer' }], ...NAMES.slice(2)];
    const customer = "x') ${1}\" \\' \n é 🙂";
    const sql = traverseSql({ ...ask, traversal, parameters: { customer } });
    // Taken apart as SQL, then as Gremlin, it is what it was.
    const script = /TRAVERSE => '((?:[^']|'')*)'\)\)$/s.exec(sql)![1]!.replaceAll("''", "'");
    const value = /^g\.V\('((?:[^'\\]|\\.)*)'\)/s.exec(script)![1]!;
    expect(JSON.parse(`"${value.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/g, '\\"')}"`)).toBe(customer);
  });

  it('may be of several', () => {
    const traversal: Traversal = [['V', { parameter: 'ids' }], ...NAMES.slice(2)];
    expect(traverseSql({ ...ask, traversal, parameters: { ids: ['a', 'b'] } })).toContain("g.V(''a'', ''b'')");
  });

  it.each<TraversalParameters>([{}, { ids: [] }, { others: 'x' }])(
    'is refused without a value for its parameter: %j',
    (parameters) => {
      const traversal: Traversal = [['V', { parameter: 'ids' }], ...NAMES.slice(2)];
      expect(() => traverseSql({ ...ask, traversal, parameters })).toThrow(
        expect.objectContaining({ code: 'TRAVERSAL_PARAMETER_UNBOUND', field: 'ids' }),
      );
    },
  );

  it.each<[string, Traversal]>([
    ['count', [['V'], ['count']]],
    ['id', [['V'], ['id'], ['limit', 5]]],
    ['V', [['V'], ['dedup']]],
  ])('is refused where its rows are no maps: %s', (_, traversal) => {
    expect(() => traverseSql({ ...ask, traversal })).toThrow(
      expect.objectContaining({ code: 'TRAVERSAL_ROWS_NOT_MAPS' }),
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity])('is refused with the limit %d', (limit) => {
    expect(() => traverseSql({ ...ask, limit })).toThrow(expect.objectContaining({ code: 'TRAVERSAL_LIMIT_INVALID' }));
  });
});

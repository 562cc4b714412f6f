import fc from 'fast-check';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { applyChanges } from '../../adapters/local/graph/upserts';
import { GremlinSession } from '../../adapters/local/graph/gremlin-session';
import { asGremlin } from '../../adapters/gremlin/compile-traversal';
import type { ServerConnection } from '../../adapters/gremlin/server-connection';
import { completionsOf, type Completion } from '../../core/milestones/evaluate';
import { completionsTraversal } from '../../core/milestones/gremlin/completions-gremlin';
import { readCompletions, type FoundCompletion } from '../../core/milestones/gremlin/read-completions';
import { fits } from '../../core/milestones/pattern';
import { reachedBy, type ReachedMilestone } from '../../core/milestones/reached';
import { awaitedSql, reachedSql } from '../../core/milestones/sql/reached-sql';
import { sourceOf, type MilestoneSource } from '../../core/milestones/sql/seen-sql';
import { duckDbDialect } from '../../core/sql/duckdb-dialect';
import { literal } from '../../core/sql/quote';
import type { MilestoneSpec } from '../../schemas/milestone';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { propertyRuns } from '../support/property-runs';
import { customersOf, eventChanges } from '../unit/milestones/in-graph';
import { hostileCase } from '../unit/milestones/hostile';
import {
  TYPES,
  isMeant,
  milestoneCase,
  type ArbitraryCustomer,
  type MilestoneCase,
} from '../unit/milestones/arbitrary';

/** By customer, what the definition says. */
function truth({ spec, customers, asOf }: MilestoneCase): readonly (readonly ReachedMilestone[])[] {
  return customers.map((customer) =>
    isMeant(spec, customer) ? reachedBy(spec, completionsOf(spec, customer.events), asOf).reached : [],
  );
}

describe('milestones in SQL on DuckDB', () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create()).connect();
  });
  afterAll(() => connection.closeSync());

  it(
    'are those of the definition, on random journeys',
    async () => {
      await fc.assert(
        fc.asyncProperty(milestoneCase, async (drawn) => {
          await holdRows(connection, drawn.customers);
          const expected = truth(drawn);
          for (const source of sources(drawn.spec)) {
            expect(await reachedInSql(connection, drawn, source)).toEqual(expected);
            if (drawn.spec.notFollowedBy !== undefined) {
              expect(await awaitedInSql(connection, drawn, source)).toEqual(awaitedBy(drawn));
            }
          }
        }),
        propertyRuns(500),
      );
    },
    ENGINE_START_MS,
  );

  it(
    'take every value for what it is: a value',
    async () => {
      await fc.assert(
        fc.asyncProperty(hostileCase, async (drawn) => {
          await holdRows(connection, drawn.customers, drawn.types);
          const expected = truth(drawn);
          for (const source of sources(drawn.spec, drawn.types)) {
            expect(await reachedInSql(connection, drawn, source)).toEqual(expected);
          }
        }),
        propertyRuns(150),
      );
    },
    ENGINE_START_MS,
  );
});

/** Milestones without attributes are found among words and among events. */
function sources(spec: MilestoneSpec, types: readonly string[] = TYPES): MilestoneSource[] {
  const reached = () => 'SELECT customer_id, 0 AS reached_at FROM identities WHERE false';
  const chosen = sourceOf(spec, new Map(types.map((type, code) => [type, code])), reached);
  return chosen.kind === 'words' ? [chosen, { kind: 'events', letterOf: literal, reached }] : [chosen];
}

async function holdRows(
  connection: DuckDBConnection,
  customers: readonly ArbitraryCustomer[],
  types: readonly string[] = TYPES,
): Promise<void> {
  const rows = customers.flatMap(({ events }, customer) =>
    events.map(({ id, type, channel, at, attributes, profile }) => {
      const values = [`c${customer}`, `c${customer}p${profile}`, id, type, channel, JSON.stringify(attributes)];
      return `(${values.map(literal).join(', ')}, ${at}, ${types.indexOf(type)})`;
    }),
  );
  const profiles = customers.flatMap(({ segments }, customer) =>
    segments.map((segment, profile) => {
      const attributes = segment === undefined ? {} : { segment };
      const values = [`c${customer}`, `c${customer}p${profile}`, JSON.stringify(attributes)];
      return `(${values.map(literal).join(', ')}, now()::TIMESTAMP, 'f', 1)`;
    }),
  );
  await connection.run(`CREATE OR REPLACE TEMP TABLE happened AS SELECT * FROM (VALUES ${['(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)', ...rows].join(', ')})
  AS row (customer_id, profile_id, event_id, type, channel, attributes, at_ms, code) WHERE customer_id IS NOT NULL`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE profiles AS SELECT * FROM (VALUES ${profiles.join(', ')})
  AS row (customer_id, profile_id, attributes, seen_at, file, file_row)`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE identities AS SELECT profile_id, customer_id FROM profiles`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE events AS
SELECT profile_id, event_id, type, channel, attributes, make_timestamp(at_ms::BIGINT * 1000) AS occurred_at FROM happened`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE journeys AS SELECT customer_id,
  list(code::USMALLINT ORDER BY at_ms) AS word, list(at_ms::BIGINT ORDER BY at_ms) AS times, list(channel ORDER BY at_ms) AS channels
FROM happened GROUP BY customer_id`);
}

async function reachedInSql(
  connection: DuckDBConnection,
  { spec, customers, asOf }: MilestoneCase,
  source: MilestoneSource,
): Promise<ReachedMilestone[][]> {
  const sql = reachedSql({ spec, source, dialect: duckDbDialect.milestones!, asOf });
  const rows = (await connection.runAndReadAll(`${sql} ORDER BY customer_id, reached_at`)).getRowObjects();
  return customers.map((_, customer) =>
    rows
      .filter((row) => row['customer_id'] === `c${customer}`)
      .map((row) => ({
        reachedAt: Number(row['reached_at']),
        completion: spec.steps.flatMap((_, step) =>
          row[`at_${step}`] === null
            ? []
            : [{ step, from: Number(row[`from_${step}`]), at: Number(row[`at_${step}`]) }],
        ),
      })),
  );
}

/** By customer, when the next absence ends that is awaited. */
function awaitedBy({ spec, customers, asOf }: MilestoneCase): (number | undefined)[] {
  return customers.map((customer) =>
    isMeant(spec, customer) ? reachedBy(spec, completionsOf(spec, customer.events), asOf).nextDue : undefined,
  );
}

async function awaitedInSql(
  connection: DuckDBConnection,
  { spec, customers, asOf }: MilestoneCase,
  source: MilestoneSource,
): Promise<(number | undefined)[]> {
  const sql = awaitedSql({ spec, source, dialect: duckDbDialect.milestones!, asOf });
  const rows = (await connection.runAndReadAll(sql)).getRowObjects();
  const due = new Map(rows.map((row) => [String(row['customer_id']), Number(row['due_at'])]));
  return customers.map((_, customer) => due.get(`c${customer}`));
}

describe('milestones in Gremlin', () => {
  let gremlin: TestGremlin;
  let session: GremlinSession;
  beforeAll(async () => {
    gremlin = await startTestGremlin();
    session = new GremlinSession({ url: gremlin.url, reconnectMs: 60_000, requestMs: 60_000 });
  }, ENGINE_START_MS);
  afterAll(async () => {
    await session.close();
    await gremlin.stop();
  });

  it(
    'are those of the definition, on random journeys, with all their evidence',
    async () => {
      await fc.assert(
        fc.asyncProperty(milestoneCase, async (drawn) => {
          const { spec, customers } = drawn;
          const found = await session.survive(async (server) => {
            await holdGraph(server, customers);
            return Promise.all(customers.map((_, customer) => completionsInGremlin(server, spec, `c${customer}`)));
          });
          expect(found.map((each) => each.map(({ completion }) => completion))).toEqual(
            customers.map((customer) => (isMeant(spec, customer) ? completionsOf(spec, customer.events) : [])),
          );
          found.forEach((each, customer) => {
            for (const { completion, evidence } of each) {
              const ids = evidence.map(({ step, id }) => `${step} ${id}`).sort();
              expect(ids).toEqual(eventsOfCompletion(spec, completion, customer, customers[customer]!));
            }
          });
        }),
        propertyRuns(350),
      );
    },
    ENGINE_START_MS,
  );

  it(
    'take every value for what it is, and do nothing but look',
    async () => {
      await fc.assert(
        fc.asyncProperty(hostileCase, async ({ spec, customers }) => {
          await session.survive(async (server) => {
            await holdGraph(server, customers);
            const before = await contentOf(server);
            const found = await Promise.all(
              customers.map((_, customer) => completionsInGremlin(server, spec, `c${customer}`)),
            );
            expect(found.map((each) => each.map(({ completion }) => completion))).toEqual(
              customers.map((customer) => (isMeant(spec, customer) ? completionsOf(spec, customer.events) : [])),
            );
            expect(await contentOf(server)).toEqual(before);
          });
        }),
        propertyRuns(100),
      );
    },
    ENGINE_START_MS,
  );
});

function eventsOfCompletion(
  spec: MilestoneSpec,
  completion: Completion,
  customer: number,
  { events }: ArbitraryCustomer,
): string[] {
  return completion
    .flatMap(({ step, from, at }) =>
      events
        .filter((event) => fits(event, spec.steps[step]!) && event.at >= from && event.at <= at)
        .map(({ id }) => `${step} s/c${customer}${id}`),
    )
    .sort();
}

/** Every vertex with its properties, and how many edges there are. */
async function contentOf(server: ServerConnection): Promise<unknown> {
  const vertices = await server.query((g) => g.V().elementMap());
  const edges = await server.query((g) => g.E().count());
  return { vertices, edges };
}

async function completionsInGremlin(
  server: ServerConnection,
  spec: MilestoneSpec,
  customer: string,
): Promise<FoundCompletion[]> {
  const traversal = completionsTraversal(spec, ['amount']);
  return readCompletions(await server.query((g) => asGremlin(g, traversal, { customer })));
}

async function holdGraph(server: ServerConnection, customers: readonly ArbitraryCustomer[]): Promise<void> {
  await server.query((g) => g.V().drop());
  const changes = [
    ...customersOf(customers),
    ...customers.flatMap(({ events }, customer) => events.flatMap((event) => eventChanges(customer, event))),
  ];
  const vertices = changes.filter(({ kind }) => kind === 'vertex');
  const edges = changes.filter(({ kind }) => kind === 'edge');
  await applyChanges(server, [...vertices, ...edges], { batchSize: 500, inFlight: 2 });
}

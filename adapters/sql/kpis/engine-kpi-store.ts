import { HubError } from '../../../core/errors';
import { kpiTableNames, kpiTables, type KpiTable } from '../../../core/kpis/kpi-tables';
import { noRows } from '../../../core/sql/lake-dialect';
import type { KpiDialect } from '../../../core/sql/kpi-dialect';
import { identifier, literal } from '../../../core/sql/quote';
import { withTables } from '../../../core/sql/with-tables';
import type { KpiContent, KpiQueryOptions, KpiStore } from '../../../ports/kpi-store';
import type { ColumnBatch } from '../../../ports/lake';
import { newName, writtenAt } from '../lake/part-names';
import { withoutNul, type KpiEngine } from './kpi-engine';

/** A content that was published: its tables are called `<table>_<name>`. */
interface Published {
  /** Counts what was published. */
  readonly sequence: number;
  readonly revision: string;
  readonly name: string;
}

const NOTHING: Published = { sequence: 0, revision: '', name: '' };
/** How many contents stay: the newest, and the one before it, which somebody may be about to ask. */
const KEPT = 2;
/** What is younger may belong to a load under way. */
const MIN_AGE_MS = 24 * 3_600_000;
const TABLE = new RegExp(`^(?:${kpiTableNames.join('|')})_(k[0-9a-z]{21})$`);

/**
 * KPI tables in an SQL engine. Every content has tables of its own, and a row of the table `contents` makes it what
 * queries see: so it is replaced at once, readers never wait, and what they read is not taken from under them.
 */
export class EngineKpiStore implements KpiStore {
  readonly dialect: KpiDialect;
  private ensured: Promise<void> | undefined;

  /** @param schema of the tables; made if it is not there */
  constructor(
    private readonly engine: KpiEngine,
    private readonly schema: string,
  ) {
    this.dialect = engine.dialect;
  }

  async revision(signal?: AbortSignal): Promise<string> {
    return (await this.newest(signal)).revision;
  }

  async load(content: KpiContent, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const before = await this.newest(signal);
    if (before.revision === content.revision) return;
    const name = newName('k');
    try {
      await this.engine.run(
        kpiTableNames.map((table) => this.createSql(table, name)),
        signal,
      );
      for (const table of kpiTableNames) {
        const { columns, batches } = content.tables[table];
        await this.engine.fill(this.tableOf(table, name), { columns, batches: storable(batches) }, signal);
      }
    } catch (error) {
      await this.drop([name]).catch(() => undefined);
      throw error;
    }
    await this.publish({ sequence: before.sequence + 1, revision: content.revision, name }, signal);
    // What cannot be removed now is removed after a later load.
    await this.tidy().catch(() => undefined);
  }

  async rows<Row extends object>(sql: string, { parameters = {}, signal }: KpiQueryOptions = {}): Promise<Row[]> {
    for (let seen = await this.newest(signal); ;) {
      try {
        const seeing = withTables(sql, this.tables(seen.name), { failure: 'KPI_QUERY_FAILED' });
        return await this.engine.rows<Row>(seeing, parameters, signal);
      } catch (error) {
        // Whoever was slower than two loads finds no tables any more.
        const now = isRefused(error) ? await this.newest(signal) : seen;
        if (now.name === seen.name) throw error;
        seen = now;
      }
    }
  }

  async close(): Promise<void> {
    await this.engine.close();
  }

  /** Of several who load at once, who began from the newest content and was first is published; others are told. */
  private async publish({ sequence, revision, name }: Published, signal: AbortSignal | undefined): Promise<void> {
    await this.engine.run(
      [
        // Engines whose transactions see one state from their beginning begin to see it once they have the lock.
        `LOCK TABLE ${this.contents}`,
        `INSERT INTO ${this.contents} (sequence, revision, name)
SELECT ${sequence}, ${literal(revision)}, ${literal(name)}
WHERE NOT EXISTS (SELECT 1 FROM ${this.contents} WHERE sequence >= ${sequence})`,
      ],
      signal,
    );
    const published = await this.published(signal);
    if (published.some((one) => one.name === name)) return;
    await this.drop([name]).catch(() => undefined);
    if (published[0]?.revision === revision) return;
    throw new HubError('KPI_STORE_CONFLICT', `another load of the KPI store ${this.schema} was faster`, {
      retryable: true,
    });
  }

  /** Drops what contents long replaced, and loads that were cut off, left behind. */
  private async tidy(): Promise<void> {
    const published = await this.published();
    const kept = published.slice(0, KEPT);
    const named = new Set(published.map(({ name }) => name));
    const isGone = (name: string) =>
      !kept.some((one) => one.name === name) && (named.has(name) || Date.now() - writtenAt(name) >= MIN_AGE_MS);
    const tables = await this.engine.rows<{ table_name: string }>(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = ${literal(this.schema)}`,
      {},
    );
    const names = new Set(tables.flatMap(({ table_name: table }) => TABLE.exec(table)?.[1] ?? []));
    await this.drop([...names].filter(isGone));
    const oldest = kept.at(-1)?.sequence ?? 0;
    await this.engine.run([`DELETE FROM ${this.contents} WHERE sequence < ${oldest}`]);
  }

  private async drop(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.engine.run(kpiTableNames.map((table) => `DROP TABLE IF EXISTS ${this.tableOf(table, name)}`));
    }
  }

  private async newest(signal?: AbortSignal): Promise<Published> {
    return (await this.published(signal))[0] ?? NOTHING;
  }

  /** The newest first. */
  private async published(signal?: AbortSignal): Promise<Published[]> {
    await this.ensureSchema();
    const sql = `SELECT sequence, revision, name FROM ${this.contents} ORDER BY sequence DESC`;
    const rows = await this.engine.rows<Published>(sql, {}, signal);
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
  }

  private ensureSchema(): Promise<void> {
    const make = () =>
      this.engine.run([
        `CREATE SCHEMA IF NOT EXISTS ${identifier(this.schema)}`,
        `CREATE TABLE IF NOT EXISTS ${this.contents} (sequence BIGINT, revision VARCHAR(100), name VARCHAR(40))`,
      ]);
    // Of two who make the same at once, engines tell one that it is there already.
    this.ensured ??= make()
      .catch(make)
      .catch((error: unknown) => {
        this.ensured = undefined;
        throw error;
      });
    return this.ensured;
  }

  private createSql(table: KpiTable, name: string): string {
    const columns = Object.entries(kpiTables[table]).map(
      ([column, type]) => `${identifier(column)} ${this.dialect.type(type)}`,
    );
    return `CREATE TABLE ${this.tableOf(table, name)} (${columns.join(', ')})`;
  }

  /** The tables of a content as queries see them; before there is any, they are empty. */
  private tables(name: string): Map<string, string> {
    const select = (table: KpiTable) => {
      if (name === '') return noRows(kpiTables[table], this.dialect);
      return `SELECT ${Object.keys(kpiTables[table]).map(identifier).join(', ')} FROM ${this.tableOf(table, name)}`;
    };
    return new Map(kpiTableNames.map((table) => [table, select(table)]));
  }

  private tableOf(table: KpiTable, name: string): string {
    return `${identifier(this.schema)}.${identifier(`${table}_${name}`)}`;
  }

  private get contents(): string {
    return `${identifier(this.schema)}.contents`;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof HubError && error.code === 'KPI_QUERY_FAILED';
}

async function* storable(batches: AsyncIterable<ColumnBatch> | Iterable<ColumnBatch>): AsyncGenerator<ColumnBatch> {
  for await (const { rows, columns } of batches) {
    const held = Object.entries(columns).map(([name, values]) => [name, storableColumn(values)]);
    yield { rows, columns: Object.fromEntries(held) as ColumnBatch['columns'] };
  }
}

function storableColumn(values: ArrayLike<unknown>): ArrayLike<unknown> {
  if (ArrayBuffer.isView(values)) return values;
  return Array.from(values, (value) => (typeof value === 'string' ? withoutNul(value) : value));
}

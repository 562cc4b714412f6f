import { createHash } from 'node:crypto';
import type { Tie } from '../../../core/features/history';
import { sharedBeforeSql } from '../../../core/features/history-sql';
import { CustomerRows, type ExportRequest } from '../../../core/propensity/graph/customer-rows';
import { sharedTexts, type SharedRow } from '../../../core/propensity/graph/shared-rows';
import { customerFile, tieFiles, trainingConfiguration } from '../../../core/propensity/graph/training-configuration';
import type { Lake, ReadOptions } from '../../../ports/lake';
import type { ObjectStore } from '../../../ports/object-store';
import type { PropensitySpec } from '../../../schemas/propensity';
import { HistoryReader } from '../../sql/read-histories';

/** What is to be exported, as of when, and where to. */
export interface WantedExport extends Omit<ExportRequest, 'spec'> {
  readonly spec: Pick<PropensitySpec, 'population' | 'target' | 'features'>;
  /** A key of the store with a slash behind it: one export has the same one at every attempt. */
  readonly folder: string;
}

export interface ExportOptions extends ReadOptions {
  /** Customers who were read, of so many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How Neptune ML looks for it where nobody says another name. */
export const CONFIGURATION = 'training-data-configuration.json';
/** Customers of a file, whose histories and features are in memory at a time. */
const CUSTOMERS_OF_A_FILE = 20_000;
const ID_DIGITS = 32;

/**
 * Writes a graph as it was at a moment for Neptune ML to read, from the lake, in the format of neptune-export. Neptune's own
 * export is of the graph as it is: a model of that would know what came after.
 *
 * The configuration is written last: an export that has it is whole, and is not written again.
 */
export class GraphExports {
  constructor(
    private readonly lake: Lake,
    private readonly store: ObjectStore,
  ) {}

  /** Throws those of the lake and the store, and CANCELLED. */
  async write(wanted: WantedExport, { onProgress, ...read }: ExportOptions): Promise<void> {
    const { folder, shape } = wanted;
    const { signal } = read;
    if ((await this.store.head(`${folder}${CONFIGURATION}`, signal)) !== undefined) return;
    const reader = await HistoryReader.open(this.lake, wanted.spec, read);
    const parts = Math.max(1, Math.ceil(reader.customers / CUSTOMERS_OF_A_FILE));
    const exported = new Set<string>();
    let done = 0;
    for (let part = 0; part < parts; part++) {
      const histories = (await collected(reader.part({ parts, part }))).flat();
      const rows = new CustomerRows(wanted, reader.alphabet, histories.length);
      histories.forEach((history) => rows.add(history));
      rows.customers.forEach((customer) => exported.add(customer));
      await this.put(`${folder}${customerFile(part)}`, rows.text(), signal);
      onProgress?.((done += histories.length), reader.customers);
    }
    await this.writeShared(wanted, exported, read);
    await this.put(`${folder}${CONFIGURATION}`, JSON.stringify(trainingConfiguration(shape, parts)), signal);
  }

  /** Which ties any customers had before a moment. */
  async tiesBefore(moment: number, read: ReadOptions): Promise<Tie[]> {
    const sql = `SELECT DISTINCT tie FROM (${sharedBeforeSql(this.lake.dialect, moment)}) AS shared_before ORDER BY tie`;
    return (await this.lake.rows<{ tie: Tie }>(sql, read)).map(({ tie }) => tie);
  }

  private async writeShared(wanted: WantedExport, exported: ReadonlySet<string>, read: ReadOptions): Promise<void> {
    const { folder, shape, moments } = wanted;
    const rows: SharedRow[] = [];
    for await (const { columns, rows: count } of this.lake.stream(
      sharedBeforeSql(this.lake.dialect, moments.asOf),
      read,
    )) {
      const text = (name: string, row: number) => String(columns[name]![row]);
      for (let row = 0; row < count; row++) {
        const tie = text('tie', row) as Tie;
        rows.push({ tie, id: idOf(tie, text('shared', row)), customer: text('customer_id', row) });
      }
    }
    for (const [tie, { nodes, edges }] of sharedTexts(rows, shape.ties, (customer) => exported.has(customer))) {
      const files = tieFiles(tie);
      await this.put(`${folder}${files.nodes}`, nodes, read.signal);
      await this.put(`${folder}${files.edges}`, edges, read.signal);
    }
  }

  private async put(key: string, text: string, signal: AbortSignal | undefined): Promise<void> {
    await this.store.put(key, Buffer.from(text), signal);
  }
}

/** People's addresses and numbers stay in the lake. */
function idOf(tie: Tie, shared: string): string {
  return `${tie}:${createHash('sha256').update(shared).digest('hex').slice(0, ID_DIGITS)}`;
}

async function collected<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

import { createHash } from 'node:crypto';
import { kindOfReason } from '../core/ingest/quarantine-reason';
import { REDRIVABLE, redriveQueries, redrivenColumns } from '../core/ingest/redrive-sql';
import { lineOf } from '../core/ingest/segment';
import { businessDateOf } from '../core/nightly/business-date';
import { literal } from '../core/sql/quote';
import type { Lake, ReadOptions } from '../ports/lake';
import type { LandingZone, SourceFile } from '../ports/landing-zone';
import type { HubSettings } from '../schemas/hub';
import {
  quarantineRowsQuestion,
  redriveInput,
  type QuarantineAnswer,
  type QuarantineRows,
  type QuarantineRowsInput,
  type RedriveInput,
} from '../schemas/quarantine';
import type { Source } from '../schemas/source';
import { cancellation, thisRun, whileAlive } from './context';
import { batchName, landedAs, landingFiles, sourceNamed, stagedTables } from './landed-files';
import type { Asked } from './questions';

export interface QuarantineDependencies {
  readonly lake: Lake;
  readonly landingZone: LandingZone;
  readonly sources: readonly Source[];
  readonly settings: Pick<HubSettings, 'timezone'>;
  /** Rows that are read again at a time. */
  readonly passRows?: number;
}

/** Where a row of the quarantine is. */
export interface QuarantinePlace {
  readonly file: string;
  readonly row: number;
}

export interface Redrive {
  readonly input: RedriveInput;
  /** Epoch milliseconds at which it began. */
  readonly startedAt: number;
  /** Rows up to this one have been read again. */
  readonly after?: QuarantinePlace;
}

export interface RedriveCounts {
  readonly read: number;
  readonly landed: number;
  readonly duplicates: number;
  /** Those that are still bad, and why is told anew. */
  readonly quarantined: number;
}

export interface Redriven extends RedriveCounts {
  /** Where to go on; left out at the end. */
  readonly after?: QuarantinePlace;
}

/** Some hundred megabytes. */
const PASS_ROWS = 100_000;

/** What was refused: looking at it, and having it read again once the mapping is mended. */
export function createQuarantineActivities({
  lake,
  landingZone,
  sources,
  settings,
  passRows = PASS_ROWS,
}: QuarantineDependencies) {
  return {
    /** How much was refused of which source, and why. */
    async summariseQuarantine({ lakeVersion }: Asked<object>): Promise<QuarantineAnswer> {
      const version = lakeVersion ?? (await lake.version());
      return summarise(lake, { version, signal: cancellation() });
    },

    /** Rows that were refused, a page at a time, in the order of their files. */
    async listQuarantine({ question, lakeVersion }: Asked<QuarantineRowsInput>): Promise<QuarantineRows> {
      const { limit, cursor, ...which } = quarantineRowsQuestion.parse(question, { reportInput: true });
      const version = lakeVersion ?? (await lake.version());
      const found: QuarantineRows['rows'] = [];
      let total = 0;
      for await (const row of refusedRows(lake, which, { version, signal: cancellation() })) {
        if (total >= cursor && found.length < limit) found.push(row);
        total++;
      }
      return { total, rows: found, ...(cursor + limit < total && { next: cursor + limit }) };
    },

    /**
     * Has rows read again by the source's mapping as it is now: what is good lands, what is still bad stays where it is with the new
     * reason. One commit, so that nothing is in the quarantine and in the lake.
     *
     * @throws HubError SOURCE_UNKNOWN
     */
    async redriveRows({ input, startedAt, after }: Redrive): Promise<Redriven> {
      const which = redriveInput.parse(input, { reportInput: true });
      const source = sourceNamed(sources, which.source);
      const businessDate = businessDateOf(startedAt, settings.timezone);
      return whileAlive({ stage: 'redrive', unit: 'rows', done: 0 }, async () => {
        const version = await lake.version();
        const pass = await nextPass(lake, which, { after, passRows }, { version, signal: cancellation() });
        if (pass.rows.length === 0) return { read: 0, landed: 0, duplicates: 0, quarantined: 0 };
        const counts = await landAgain({ lake, landingZone }, source, businessDate, pass.rows, version);
        return { ...counts, ...(pass.after && { after: pass.after }) };
      });
    },
  };
}

type Which = Pick<RedriveInput, 'source' | 'reason'>;
type RefusedRow = QuarantineRows['rows'][number];
type RawRow = RefusedRow & { readonly raw: string };

async function summarise(lake: Lake, read: ReadOptions): Promise<QuarantineAnswer> {
  const rows = await lake.rows<
    Record<'source' | 'reason' | 'first' | 'last', string> & Record<'rows' | 'good', bigint>
  >(
    `SELECT source, reason, count(*) AS rows, sum(CASE WHEN ${REDRIVABLE} THEN 1 ELSE 0 END) AS good,
  CAST(min(business_date) AS VARCHAR) AS first, CAST(max(business_date) AS VARCHAR) AS last
FROM quarantine GROUP BY source, reason`,
    read,
  );
  const groups = new Map<string, QuarantineAnswer['groups'][number]>();
  for (const { source, reason: told, first, last, ...counts } of rows) {
    const reason = kindOfReason(told);
    const key = JSON.stringify([source, reason]);
    const known = groups.get(key) ?? { source, reason, rows: 0, redrivable: 0, first, last };
    groups.set(key, {
      ...known,
      rows: known.rows + Number(counts.rows),
      redrivable: known.redrivable + Number(counts.good),
      first: first < known.first ? first : known.first,
      last: last > known.last ? last : known.last,
    });
  }
  const sorted = [...groups.values()].sort((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1));
  return { total: sorted.reduce((sum, { rows: count }) => sum + count, 0), groups: sorted };
}

async function* refusedRows(
  lake: Lake,
  { source, reason }: Which,
  read: ReadOptions,
  condition = 'true',
): AsyncGenerator<RefusedRow> {
  const sql = `SELECT file, CAST(file_row AS DOUBLE PRECISION) AS file_row, reason, raw, CAST(business_date AS VARCHAR) AS business_date
FROM quarantine WHERE source = ${literal(source)} AND ${condition} ORDER BY file, file_row`;
  for await (const { rows, columns } of lake.stream(sql, read)) {
    const text = (name: string, row: number) => columns[name]![row] as string;
    for (let row = 0; row < rows; row++) {
      const told = text('reason', row);
      if (reason !== undefined && kindOfReason(told) !== reason) continue;
      yield {
        file: text('file', row),
        row: Number(columns['file_row']![row]),
        reason: told,
        raw: columns['raw']![row] as string | null,
        businessDate: text('business_date', row),
      };
    }
  }
}

/** Rows after a place that can be read again, and where to go on. */
async function nextPass(
  lake: Lake,
  which: Which,
  { after, passRows }: { readonly after: QuarantinePlace | undefined; readonly passRows: number },
  read: ReadOptions,
): Promise<{ readonly rows: RawRow[]; readonly after?: QuarantinePlace }> {
  const rest = after
    ? `(file > ${literal(after.file)} OR (file = ${literal(after.file)} AND file_row > ${after.row}))`
    : 'true';
  const rows: RawRow[] = [];
  for await (const row of refusedRows(lake, which, read, `${REDRIVABLE} AND ${rest}`)) {
    if (isObject(row.raw)) rows.push(row as RawRow);
    if (rows.length === passRows) return { rows, after: { file: row.file, row: row.row } };
  }
  return { rows };
}

function isObject(raw: string | null): boolean {
  try {
    const value: unknown = JSON.parse(raw ?? '');
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

async function landAgain(
  { lake, landingZone }: Pick<QuarantineDependencies, 'lake' | 'landingZone'>,
  source: Source,
  businessDate: string,
  rows: readonly RawRow[],
  version: number,
): Promise<RedriveCounts> {
  const content = Buffer.from(rows.map(({ raw }) => `${lineOf(Buffer.from(raw))}\n`).join(''));
  // What is kept of a row is an object, whatever the file was.
  const again: Source = { ...source, format: 'ndjson', compression: 'none', files: redriveFile(source, content) };
  const file = await delivered(landingZone, again, businessDate, content);
  const staged = [await landingZone.stage(again, file, { owner: thisRun(), signal: cancellation() })];
  const batch = batchName(source.name, staged);
  await lake.commit(
    {
      key: `redrive:${batch}`,
      series: `land:${source.name}`,
      version,
      staged: stagedTables(staged),
      inputs: { landing_files: landingFiles(staged), redriven: redrivenRows(rows, file) },
      ...redriveQueries({ source: source.name, businessDate, batch }, lake.dialect),
    },
    { signal: cancellation() },
  );
  await landingZone.discard(staged);
  const { files } = await landedAs(lake, batch);
  const { read, landed, duplicates, quarantined } = files[0]!;
  return { read, landed, duplicates, quarantined };
}

/** The same rows make the same file. */
function redriveFile(source: Source, content: Uint8Array): string {
  return `redrive/${source.name}/${createHash('sha256').update(content).digest('hex').slice(0, 24)}.ndjson`;
}

async function delivered(
  landingZone: LandingZone,
  source: Source,
  businessDate: string,
  content: Uint8Array,
): Promise<SourceFile> {
  await landingZone.deliver(source.files, content, cancellation());
  const [file] = await landingZone.list(source, businessDate);
  return file!;
}

function redrivenRows(rows: readonly RawRow[], { path }: SourceFile) {
  const columns = {
    file: rows.map(({ file }) => file),
    file_row: rows.map(({ row }) => BigInt(row)),
    redrive_file: rows.map(() => path),
    redrive_row: rows.map((_, index) => BigInt(index + 1)),
  };
  return { columns: redrivenColumns, batches: [{ rows: rows.length, columns }] };
}

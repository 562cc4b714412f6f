import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError } from '../../../core/errors';
import { exported } from '../../../core/sample/damage';
import { engagementOf, type Engagement } from '../../../core/sample/engagement/engagement';
import { localTimeWriter } from '../../../core/sample/local-time';
import { peopleOfHousehold } from '../../../core/sample/people';
import { Random } from '../../../core/sample/random';
import { recordPerson, type Recorded, type SystemRow } from '../../../core/sample/rows';
import type { System } from '../../../core/sample/steps';
import type { Period } from '../../../core/sample/walks';
import { identifier, literal } from '../../../core/sql/quote';
import { DuckDb } from '../duckdb';
import { makeFolder } from '../folders';
import { ExportFile } from './export-file';
import { formats, headerOf, lineOf } from './formats';

export interface SampleWorld {
  readonly customers: number;
  readonly days: number;
  readonly seed: number;
  /** First day, YYYY-MM-DD. */
  readonly start: string;
  /** Whether there are also fraud, offers and surveys, in files of their own; everything else is the same with them. */
  readonly engagement?: boolean | undefined;
  /** Where the systems' exports go, a folder a system. */
  readonly outFolder: string;
  /** Where the truth goes, which a hub must never read. */
  readonly truthFolder: string;
}

export interface SampleOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (customers: number) => void;
}

export interface SampleSummary {
  readonly customers: number;
  readonly rows: number;
  readonly files: number;
}

const DAY = 86_400_000;
const DAMAGE_STREAM = 0x60000000;
const PROGRESS_EVERY = 500;

/**
 * Writes what seven telco systems would export of a made-up world, and the truth about it beside. The same arguments
 * make the same world, and its first customers are the same in a larger one.
 *
 * @throws HubError FOLDER_UNUSABLE, FOLDER_NOT_EMPTY when the folder for the exports holds files already, AbortError when the signal
 *   fires; nothing is written then
 */
export async function writeSampleWorld(world: SampleWorld, options: SampleOptions = {}): Promise<SampleSummary> {
  await refuseFilled(world.outFolder);
  // Half a world must never be taken for a whole one.
  const draft = { ...world, outFolder: `${world.outFolder}.draft`, truthFolder: `${world.truthFolder}.draft` };
  const folders = [draft.outFolder, draft.truthFolder];
  const clear = () => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  await clear();
  try {
    await Promise.all(folders.map((folder) => makeFolder(folder, 'a folder of the sample world')));
    const summary = await writeWorld(draft, options);
    options.signal?.throwIfAborted();
    await mkdir(world.truthFolder, { recursive: true });
    for (const name of await readdir(draft.truthFolder)) {
      await rename(join(draft.truthFolder, name), join(world.truthFolder, name));
    }
    await rmdir(world.outFolder).catch(() => undefined);
    await rename(draft.outFolder, world.outFolder);
    return summary;
  } finally {
    await clear();
  }
}

async function refuseFilled(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new HubError('FOLDER_UNUSABLE', `${folder} cannot be used for the sample world: ${error.message}`, {
      cause: error,
    });
  });
  if (names.length === 0) return;
  throw new HubError('FOLDER_NOT_EMPTY', `${folder}: the folder holds files already; name another one, or empty it`);
}

async function writeWorld(world: SampleWorld, options: SampleOptions): Promise<SampleSummary> {
  const writer = new WorldWriter(world);
  try {
    const customers = await writePeople(world, writer, options);
    return { customers, ...(await writer.close(options.signal)) };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function writePeople(world: SampleWorld, writer: WorldWriter, options: SampleOptions): Promise<number> {
  const period: Period = { start: Date.parse(`${world.start}T00:00:00Z`), days: world.days };
  const localTime = localTimeWriter('Europe/Berlin');
  let customers = 0;
  for (let household = 0; customers < world.customers; household++) {
    for (const person of peopleOfHousehold(world.seed, household)) {
      if (customers === world.customers) break;
      const recorded = recordPerson(world.seed, person, period, localTime);
      await writer.write(recorded);
      if (world.engagement) await writer.writeEngagement(recorded, engagementOf(world.seed, recorded, period));
      if (++customers % PROGRESS_EVERY === 0) {
        options.signal?.throwIfAborted();
        options.onProgress?.(customers);
        // The files are written by the event loop.
        await new Promise(setImmediate);
      }
    }
  }
  return customers;
}

/** Keeps the files of all systems open, a file a month. */
class WorldWriter {
  private readonly files = new Map<string, ExportFile>();
  private readonly people: ExportFile;
  private readonly journeys: ExportFile;
  private readonly decisions: ExportFile | undefined;
  private readonly lastDay: number;

  constructor(private readonly world: SampleWorld) {
    this.lastDay = Date.parse(`${world.start}T00:00:00Z`) + (world.days - 1) * DAY;
    this.people = new ExportFile(join(world.truthFolder, 'people.csv'), 'person,household,system,id');
    this.journeys = new ExportFile(join(world.truthFolder, 'journeys.csv'), 'person,journey,churned,interactions');
    const decisions = join(world.truthFolder, 'engagement.csv');
    this.decisions = world.engagement ? new ExportFile(decisions, 'person,story,cause,at,outcome') : undefined;
  }

  async write(recorded: Recorded): Promise<void> {
    const random = new Random(this.world.seed, DAMAGE_STREAM + recorded.person.number);
    for (const row of recorded.rows) {
      const file = this.fileOf(row) ?? (await this.openFile(row));
      for (const { row: written, fate } of exported(random, row.system, row.row)) {
        if (fate === 'bad') file.bad++;
        if (fate === 'duplicate') file.duplicates++;
        const full = file.add(lineOf(formats[row.system], written));
        if (full !== undefined) await full;
      }
    }
    await this.writeTruth(recorded);
  }

  /** Its rows are exported without damage, which is of another stream of chance. */
  async writeEngagement({ person }: Recorded, { rows, decisions }: Engagement): Promise<void> {
    for (const row of rows) {
      const file = this.fileOf(row) ?? (await this.openFile(row));
      await file.add(lineOf(formats[row.system], row.row));
    }
    for (const { story, cause, at, outcome } of decisions) {
      await this.decisions?.add(`${person.number},${story},${cause},${at},${outcome}`);
    }
  }

  async close(signal: AbortSignal | undefined): Promise<Pick<SampleSummary, 'rows' | 'files'>> {
    await Promise.all(this.openFiles().map((file) => file.close()));
    const counts: Record<string, { rows: number; bad: number; duplicates: number }> = {};
    let rows = 0;
    for (const [name, { rows: written, bad, duplicates }] of [...this.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      counts[name] = { rows: written, bad, duplicates };
      rows += written;
    }
    await this.convertToParquet(signal);
    await writeFile(join(this.world.truthFolder, 'files.json'), JSON.stringify(counts, null, 2));
    return { rows, files: this.files.size };
  }

  async abandon(): Promise<void> {
    await Promise.all(this.openFiles().map((file) => file.abandon()));
  }

  private openFiles(): ExportFile[] {
    const truth = [this.people, this.journeys, ...(this.decisions === undefined ? [] : [this.decisions])];
    return [...this.files.values(), ...truth];
  }

  private async writeTruth({ person, identities, walk }: Recorded): Promise<void> {
    const ids: readonly (readonly [System, string])[] = [
      ['crm', identities.customerNumber],
      ['billing', identities.billingAccount],
      ...identities.visitors.map((visitor) => ['web', visitor] as const),
      ['app', identities.device],
      ['call-centre', identities.caller.id],
      ['shops', identities.shop.id],
      ['network', identities.subscriber],
    ];
    for (const [system, id] of ids) await this.people.add(`${person.number},${person.household},${system},${id}`);
    const { planted, churned, interactions } = walk;
    await this.journeys.add(`${person.number},${planted?.name ?? ''},${churned},${interactions.length}`);
  }

  /** A month's rows, and those after the last day, are exported on its last day. */
  private nameOf({ system, part = system, at }: SystemRow): string {
    const time = new Date(at);
    const monthEnd = Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 0);
    const date = new Date(Math.min(monthEnd, this.lastDay)).toISOString().slice(0, 10);
    return `${system}/${part}-${date}.${formats[system].ending}`;
  }

  private readonly names = new Map<string, string>();

  private fileOf(row: SystemRow): ExportFile | undefined {
    // Asking the calendar for every row would take longer than writing it.
    const key = `${row.part ?? row.system}${Math.floor(Math.min(row.at, this.lastDay) / DAY)}`;
    let name = this.names.get(key);
    if (name === undefined) {
      name = this.nameOf(row);
      this.names.set(key, name);
    }
    return this.files.get(name);
  }

  private async openFile(row: SystemRow): Promise<ExportFile> {
    const name = this.nameOf(row);
    const format = formats[row.system];
    const path = join(this.world.outFolder, format.parquet === undefined ? name : `${name}.csv`);
    await mkdir(dirname(path), { recursive: true });
    const file = new ExportFile(path, headerOf(format, row.row));
    this.files.set(name, file);
    return file;
  }

  private async convertToParquet(signal: AbortSignal | undefined): Promise<void> {
    const tempFolder = join(this.world.truthFolder, 'tmp');
    const duckDb = await DuckDb.start({ memoryMb: 1_000, threads: 2, tempFolder });
    try {
      for (const name of this.files.keys()) {
        signal?.throwIfAborted();
        const types = formats[name.split('/')[0] as System].parquet;
        if (types !== undefined) await convertFile(duckDb, join(this.world.outFolder, name), types);
      }
    } finally {
      duckDb.close();
    }
    await rm(tempFolder, { recursive: true, force: true });
  }
}

/** Turns `<path>.csv` into the Parquet file `path` with the columns' types. */
async function convertFile(duckDb: DuckDb, path: string, types: Readonly<Record<string, string>>): Promise<void> {
  const columns = Object.keys(types).map((column) => `${literal(column)}: 'VARCHAR'`);
  const casts = Object.entries(types).map(
    ([column, type]) => `NULLIF(${identifier(column)}, '')::${type} AS ${identifier(column)}`,
  );
  await duckDb.session(undefined, (session) =>
    session.run(`COPY (SELECT ${casts.join(', ')} FROM read_csv(${literal(`${path}.csv`)}, header = true,
  auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${columns.join(', ')}}))
TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`),
  );
  await rm(`${path}.csv`);
}

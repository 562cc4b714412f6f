import { createHash, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { checkChange } from '../../../core/graph/changes';
import type { GraphChange, GraphElement } from '../../../core/graph/elements';
import { LoaderSplit, LoaderTable } from '../../../core/graph/loader-csv';
import { PgJsonReader, PgJsonWriter, type PgJsonRecord } from '../../../core/graph/pg-json';
import type { GraphLoadOptions } from '../../../ports/graph';
import type { ObjectStore } from '../../../ports/object-store';
import { throwIfCancelled } from '../../gremlin/sequences';

const compressed = promisify(gzip);
const decompressed = promisify(gunzip);

/** What of a load is where, written last: without it, the files of a load are not all there. */
export interface LoaderManifest {
  /** Changes that the bulk loader writes. */
  readonly loaded: number;
  readonly vertexFiles: number;
  readonly edgeFiles: number;
  /** Files of changes to be made after it. */
  readonly restFiles: number;
}

/** The folder of a load in the object store: one load of a name has the same one at every attempt. */
export function loadFolder(key: string | undefined): string {
  const name = key === undefined ? randomUUID() : createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `neptune-loads/${name}/`;
}

/** The files of one load: CSV for the bulk loader, and what is to be changed after it. */
export class LoaderFiles {
  constructor(
    private readonly store: ObjectStore,
    readonly folder: string,
    private readonly fileRows: number,
  ) {}

  /** Undefined where not all files were written. */
  async manifest(signal?: AbortSignal): Promise<LoaderManifest | undefined> {
    const text = await this.readText('manifest.json', signal);
    return text === undefined ? undefined : (JSON.parse(text) as LoaderManifest);
  }

  /** Writes the files, and the manifest last. Some ten thousand elements a label are held in memory at a time. */
  async write(changes: AsyncIterable<readonly GraphChange[]>, options: GraphLoadOptions): Promise<LoaderManifest> {
    await this.remove(options.signal);
    const writer = new LoaderWriter((name, text) => this.put(name, text, options.signal), this.fileRows);
    for await (const batch of changes) {
      throwIfCancelled(options.signal);
      await writer.add(batch);
      options.onProgress?.(0);
    }
    throwIfCancelled(options.signal);
    const manifest = await writer.finish();
    await this.writeText('manifest.json', JSON.stringify(manifest), options.signal);
    return manifest;
  }

  /** The changes that are to be made after the bulk load, in their order. */
  async *rest({ restFiles }: LoaderManifest, signal?: AbortSignal): AsyncGenerator<GraphChange[]> {
    for (let file = 1; file <= restFiles; file++) {
      const bytes = await this.store.read(`${this.folder}${restName(file)}`, signal === undefined ? {} : { signal });
      const reader = new PgJsonReader();
      const lines = (await decompressed(bytes)).toString('utf8').split('\n');
      const records = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as PgJsonRecord);
      yield [...records.flatMap((record) => reader.add(record)), ...reader.finish()];
    }
  }

  async readText(name: string, signal?: AbortSignal): Promise<string | undefined> {
    const key = `${this.folder}${name}`;
    if ((await this.store.head(key, signal)) === undefined) return undefined;
    return Buffer.from(await this.store.read(key, signal === undefined ? {} : { signal })).toString('utf8');
  }

  async writeText(name: string, text: string, signal?: AbortSignal): Promise<void> {
    await this.store.put(`${this.folder}${name}`, Buffer.from(text), signal);
  }

  /** Has the next attempt write everything anew; what is there stays, so that somebody may look into it. */
  async invalidate(): Promise<void> {
    await this.store.remove([`${this.folder}manifest.json`]);
  }

  /** Takes all files away, the manifest first. */
  async remove(signal?: AbortSignal): Promise<void> {
    await this.store.remove([`${this.folder}manifest.json`], signal);
    const { store, folder } = this;
    const keys = (async function* () {
      for await (const { key } of store.list(folder, signal)) yield key;
    })();
    await store.remove(keys, signal);
  }

  private async put(name: string, text: string, signal: AbortSignal | undefined): Promise<void> {
    await this.store.put(`${this.folder}${name}`, await compressed(text), signal);
  }
}

type Put = (name: string, text: string) => Promise<void>;

function restName(file: number): string {
  return `rest/${String(file).padStart(6, '0')}.ndjson.gz`;
}

/** Sorts changes into files, which are written as they fill. */
class LoaderWriter {
  private readonly split = new LoaderSplit();
  private readonly tables: LoaderTable[] = [];
  private readonly files = { vertex: 0, edge: 0, rest: 0 };
  private rest: GraphChange[] = [];
  private loaded = 0;

  constructor(
    private readonly put: Put,
    private readonly fileRows: number,
  ) {}

  async add(changes: readonly GraphChange[]): Promise<void> {
    for (const change of changes) {
      checkChange(change);
      if (this.split.isFirst(change)) await this.addRow(change);
      else await this.addRest(change);
    }
  }

  async finish(): Promise<LoaderManifest> {
    for (const table of this.tables.splice(0)) await this.writeTable(table);
    await this.writeRest();
    const { loaded, files } = this;
    return { loaded, vertexFiles: files.vertex, edgeFiles: files.edge, restFiles: files.rest };
  }

  private async addRow(element: GraphElement): Promise<void> {
    this.loaded++;
    const own = this.tables.filter(({ kind, label }) => kind === element.kind && label === element.label);
    let table = own.find((candidate) => candidate.take(element));
    if (table === undefined) {
      if (own.length >= MOST_OPEN) await this.close(own[0]!);
      table = new LoaderTable(element.kind, element.label);
      table.take(element);
      this.tables.push(table);
    }
    if (table.rows >= this.fileRows) await this.close(table);
  }

  private async close(table: LoaderTable): Promise<void> {
    this.tables.splice(this.tables.indexOf(table), 1);
    await this.writeTable(table);
  }

  private async writeTable(table: LoaderTable): Promise<void> {
    const folder = table.kind === 'vertex' ? VERTICES : EDGES;
    const number = String(++this.files[table.kind]).padStart(6, '0');
    await this.put(`${folder}${number}-${table.label}.csv.gz`, table.text());
  }

  private async addRest(change: GraphChange): Promise<void> {
    this.rest.push(change);
    if (this.rest.length >= this.fileRows) await this.writeRest();
  }

  private async writeRest(): Promise<void> {
    if (this.rest.length === 0) return;
    const writer = new PgJsonWriter(1, 0);
    const text = this.rest.map((change) => writer.add(change)).join('') + writer.finish();
    this.rest = [];
    await this.put(restName(++this.files.rest), text);
  }
}

export const VERTICES = 'vertices/';
export const EDGES = 'edges/';
/** Files of one label that are open at a time, where a property has several types. */
const MOST_OPEN = 4;

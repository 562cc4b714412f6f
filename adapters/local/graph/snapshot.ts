import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GraphChange, GraphElement } from '../../../core/graph/elements';
import { GraphMlWriter } from '../../../core/graph/graphml';
import { PgJsonReader, PgJsonWriter } from '../../../core/graph/pg-json';
import type { PgJsonRecord } from '../../../core/graph/pg-json';
import { syncFolder } from './segment';

const SNAPSHOT = /^(\d{10})\.graphml$/;

/** The whole graph as it was after a commit: GraphML, and beside it what GraphML cannot carry. */
export interface Snapshot {
  readonly commitNum: number;
  readonly graphml: string;
  readonly rest: string;
}

/** The snapshots kept beside a change log: the newest, and the one before it. */
export class Snapshots {
  private constructor(
    private readonly folder: string,
    private readonly scratch: string,
  ) {}

  static async open(dir: string, scratch: string): Promise<Snapshots> {
    const folder = join(dir, 'snapshots');
    await mkdir(folder, { recursive: true });
    return new Snapshots(folder, scratch);
  }

  /** Those that are not ahead of the log, the newest first. */
  async upTo(head: number): Promise<Snapshot[]> {
    const numbers = (await this.numbers()).filter((commitNum) => commitNum <= head);
    return numbers.sort((a, b) => b - a).map((commitNum) => this.snapshot(commitNum));
  }

  begin(): SnapshotWriter {
    return new SnapshotWriter(join(this.scratch, randomUUID()));
  }

  /** Makes a finished snapshot the newest. The one before stays beside it, should it be damaged; older ones go. */
  async publish(writer: SnapshotWriter, commitNum: number): Promise<void> {
    const { graphml, rest } = this.snapshot(commitNum);
    await rename(writer.restPath, rest);
    await rename(writer.graphmlPath, graphml);
    await syncFolder(this.folder);
    const before = Math.max(0, ...(await this.numbers()).filter((other) => other < commitNum));
    await this.drop((other) => other < before);
  }

  /** Takes snapshots away, e.g. those that hold a commit which was taken back. */
  async drop(which: (commitNum: number) => boolean): Promise<void> {
    for (const commitNum of (await this.numbers()).filter(which)) {
      const { graphml, rest } = this.snapshot(commitNum);
      await rm(graphml, { force: true });
      await rm(rest, { force: true });
    }
  }

  private async numbers(): Promise<number[]> {
    return (await readdir(this.folder)).flatMap((name) => SNAPSHOT.exec(name)?.[1] ?? []).map(Number);
  }

  private snapshot(commitNum: number): Snapshot {
    const path = join(this.folder, String(commitNum).padStart(10, '0'));
    return { commitNum, graphml: `${path}.graphml`, rest: `${path}.rest.ndjson` };
  }
}

/** Writes a graph of which every element comes once, vertices before their edges. */
export class SnapshotWriter {
  readonly graphmlPath: string;
  readonly restPath: string;
  private readonly xml = new GraphMlWriter();
  private readonly restRecords = new PgJsonWriter(0, 0);
  private readonly graphmlFile: WriteStream;
  private readonly restFile: WriteStream;
  private count = 0;

  constructor(path: string) {
    this.graphmlPath = `${path}.graphml`;
    this.restPath = `${path}.rest.ndjson`;
    this.graphmlFile = createWriteStream(this.graphmlPath, { flags: 'wx', highWaterMark: 1 << 20 });
    this.restFile = createWriteStream(this.restPath, { flags: 'wx' });
    this.graphmlFile.write(this.xml.header);
  }

  /** Elements so far. */
  get elements(): number {
    return this.count;
  }

  /** Adds elements; resolves when there is room for more. */
  async add(elements: readonly GraphElement[]): Promise<void> {
    this.count += elements.length;
    let text = '';
    let rest = '';
    for (const element of elements) {
      const part = this.xml.add(element);
      text += part.xml;
      if (part.rest !== undefined) rest += this.restRecords.add(part.rest);
    }
    await append(this.graphmlFile, text);
    await append(this.restFile, rest);
  }

  /** Adds changes to be made after the elements were read. */
  async addLater(changes: readonly GraphChange[]): Promise<void> {
    await append(this.restFile, changes.map((change) => this.restRecords.add(change)).join(''));
  }

  async finish(): Promise<void> {
    await complete(this.graphmlFile, this.graphmlPath, this.xml.footer);
    await complete(this.restFile, this.restPath, this.restRecords.finish());
  }

  /** Takes the unpublished files away. */
  async discard(): Promise<void> {
    for (const [file, path] of [
      [this.graphmlFile, this.graphmlPath],
      [this.restFile, this.restPath],
    ] as const) {
      const closed = file.closed ? undefined : once(file, 'close');
      file.destroy();
      await closed;
      await rm(path, { force: true });
    }
  }
}

/** What has to be applied after a snapshot's GraphML was read, some at a time. */
export async function* restOf(snapshot: Snapshot): AsyncGenerator<GraphChange[]> {
  const reader = new PgJsonReader();
  for await (const line of createInterface({ input: createReadStream(snapshot.rest) })) {
    const changes = reader.add(JSON.parse(line) as PgJsonRecord);
    if (changes.length > 0) yield changes;
  }
  yield reader.finish();
}

async function append(file: WriteStream, text: string): Promise<void> {
  if (file.errored) throw file.errored;
  if (text !== '' && !file.write(text)) await once(file, 'drain');
}

async function complete(file: WriteStream, path: string, end: string): Promise<void> {
  file.end(end);
  await once(file, 'close');
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

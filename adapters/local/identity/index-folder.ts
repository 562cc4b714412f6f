import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { HubError } from '../../../core/errors';
import { newRecords } from '../../../core/identity/comparison/kernel-comparer';
import type { LinkageModel } from '../../../core/identity/model/linkage-model';
import type { RecordIndex, RuleKeys } from '../../../core/identity/index/record-index';
import type { RecordTable } from '../../../core/identity/records/record-table';
import { PackedIds } from '../../../core/journeys/customer-ids';
import { INDEX_VERSION, indexManifest, type IndexManifest } from '../../../schemas/record-index';
import { loadKernel } from '../kernels';
import { replaceFile } from '../replace-file';

/** What an index is written with. */
export interface IndexOrigin {
  /** Of the model's file. */
  readonly sha256: string;
  /** The manifest that the index was read with; absent for a new one, in a folder that is new. */
  readonly before?: IndexManifest | undefined;
  /** Absent for an index of the records of files. */
  readonly hub?: IndexManifest['hub'];
}

const MANIFEST = 'index.json';

/**
 * Reads the index of a folder, as far as a manifest says.
 *
 * @param room for so many records more
 * @throws HubError `INDEX_INVALID`
 */
export async function readIndex(
  folder: string,
  { linkage, manifest }: { readonly linkage: LinkageModel; readonly manifest: IndexManifest },
  room: number,
): Promise<RecordIndex> {
  const { slots } = manifest;
  const compared = newRecords(linkage.settings.fields, slots + room, { kernel: loadKernel('identity') });
  const { table } = compared;
  const read = (name: string, into: Uint8Array | Uint32Array) =>
    readInto(join(folder, name), into, manifest.sums[name]);
  const whole = (name: string) => read(`${name}-${manifest.generation}.bin`, new Uint32Array(slots));
  await read('records.bin', table.bytes.subarray(0, slots * table.stride));
  for (const [name, values] of keyFiles(table)) await read(name, values.subarray(0, slots));
  const packed = async (name: string, size: number, bytes: number) =>
    new PackedIds(
      (await read(`${name}.bin`, new Uint8Array(bytes))) as Uint8Array<ArrayBuffer>,
      (await read(`${name}-ends.bin`, new Uint32Array(size + 1))) as Uint32Array<ArrayBuffer>,
    );
  return {
    compared,
    slots,
    ids: await packed('ids', slots, manifest.idBytes),
    groups: (await whole('groups')) as Uint32Array,
    customers: (await whole('customers')) as Uint32Array,
    names: await packed('names', manifest.names, manifest.nameBytes),
    ruleKeys: await readRuleKeys(manifest, slots + room, read),
  };
}

/**
 * Writes an index. What grows is written after what counts by the manifest `before`, the rest into files of their own; the
 * new manifest then makes it count, at once: whoever reads meanwhile, or after a run that failed, reads the last one.
 */
export async function writeIndex(
  folder: string,
  index: RecordIndex,
  { sha256, before, hub }: IndexOrigin,
): Promise<IndexManifest> {
  await mkdir(folder, { recursive: true });
  const from = before ?? { slots: 0, idBytes: 0, names: 0, nameBytes: 0, generation: 0 };
  const { compared, slots, ids, names, groups, customers, ruleKeys } = index;
  const { table } = compared;
  const generation = from.generation + 1;
  const sums: Record<string, number> = {};
  const write = async (name: string, own: Uint8Array | Uint32Array, first: number) => {
    await writeFrom(join(folder, name), own, first);
    const last = first === 0 ? 0 : before?.sums[name];
    if (last !== undefined) sums[name] = crc32(bytesOf(own.subarray(first)), last);
  };
  await write('records.bin', table.bytes.subarray(0, slots * table.stride), from.slots * table.stride);
  for (const [name, values] of [...keyFiles(table), ...ruleFiles(ruleKeys)]) {
    await write(name, values.subarray(0, slots), from.slots);
  }
  for (const [name, own, size, bytes] of [
    ['ids', ids, from.slots, from.idBytes],
    ['names', names, from.names, from.nameBytes],
  ] as const) {
    await write(`${name}.bin`, own.bytes, bytes);
    // The end of the last one is the first of the next.
    await write(`${name}-ends.bin`, own.offsets, before === undefined ? 0 : size + 1);
  }
  await write(`groups-${generation}.bin`, groups, 0);
  await write(`customers-${generation}.bin`, customers, 0);
  const manifest: IndexManifest = {
    version: INDEX_VERSION,
    model: sha256,
    generation,
    slots,
    idBytes: ids.bytes.length,
    names: names.size,
    nameBytes: names.bytes.length,
    rules: ruleKeys.length,
    sums,
    ...(hub === undefined ? {} : { hub }),
  };
  await replaceFile(join(folder, MANIFEST), JSON.stringify(manifest));
  for (const name of ['groups', 'customers']) await rm(join(folder, `${name}-${from.generation}.bin`), { force: true });
  return manifest;
}

/** When an index was last written, in milliseconds; undefined where there is none. */
export async function manifestWrittenAt(folder: string): Promise<number | undefined> {
  return stat(join(folder, MANIFEST)).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/**
 * Reads what says how much of an index counts.
 *
 * @param sha256 of the file of the model that it must have been made with
 * @throws HubError `INDEX_MISSING`, `INDEX_INVALID`; `INDEX_STALE` where it was made with another model
 */
export async function readManifest(folder: string, sha256: string): Promise<IndexManifest> {
  const manifest = await anyManifest(folder);
  if (manifest.model === sha256) return manifest;
  throw new HubError('INDEX_STALE', `${folder} was made with another model; make it again with hub identity train`);
}

/** @throws HubError `INDEX_MISSING`, `INDEX_INVALID` */
export async function anyManifest(folder: string): Promise<IndexManifest> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const message = `cannot read ${path}: ${error.message}; hub identity train writes it`;
    throw new HubError('INDEX_MISSING', message, { cause: error });
  });
  try {
    return indexManifest.parse(JSON.parse(text));
  } catch (error) {
    throw invalid(path, error);
  }
}

async function readRuleKeys(
  { rules, slots }: IndexManifest,
  room: number,
  read: (name: string, into: Uint32Array) => Promise<unknown>,
): Promise<RuleKeys[]> {
  const ruleKeys = Array.from({ length: rules }, () => ({ low: new Uint32Array(room), high: new Uint32Array(room) }));
  for (const [name, values] of ruleFiles(ruleKeys)) await read(name, values.subarray(0, slots));
  return ruleKeys;
}

function ruleFiles(ruleKeys: readonly RuleKeys[]): [string, Uint32Array][] {
  return ruleKeys.flatMap(({ low, high }, rule): [string, Uint32Array][] => [
    [`rule-${rule}-low.bin`, low],
    [`rule-${rule}-high.bin`, high],
  ]);
}

function keyFiles({ keys }: RecordTable): [string, Uint32Array][] {
  return keys.map(({ values }, key) => [`key-${key}.bin`, values]);
}

/** Systems read and write no more than this at once. */
const MOST_BYTES = 2 ** 30;

/** @param sum what the bytes come to, where that was noted */
async function readInto<T extends Uint8Array | Uint32Array>(path: string, into: T, sum?: number): Promise<T> {
  const bytes = bytesOf(into);
  try {
    const file = await open(path);
    try {
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await file.read(bytes, at, Math.min(MOST_BYTES, bytes.length - at), at);
        if (bytesRead === 0) throw new RangeError(`it ends after ${at} of ${bytes.length} bytes`);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
    if (sum !== undefined && crc32(bytes) !== sum) throw new RangeError('it is not what was written');
  } catch (error) {
    throw invalid(path, error);
  }
  return into;
}

/** Writes what comes from the element `first` on to its place, and makes sure that it is there. */
async function writeFrom(path: string, own: Uint8Array | Uint32Array, first: number): Promise<void> {
  const file = await open(path, first === 0 ? 'w' : 'r+');
  try {
    const bytes = bytesOf(own.subarray(first));
    const place = first * own.BYTES_PER_ELEMENT;
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, at, Math.min(MOST_BYTES, bytes.length - at), place + at);
      at += bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function invalid(path: string, error: unknown): HubError {
  const said = error instanceof Error ? error.message : String(error);
  const message = `${path}: ${said.split('\n')[0]}; make the index again with hub identity train; a hub does so by itself`;
  return new HubError('INDEX_INVALID', message, { cause: error });
}

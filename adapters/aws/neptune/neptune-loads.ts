import { HubError } from '../../../core/errors';
import { checkChange } from '../../../core/graph/changes';
import type { GraphChange } from '../../../core/graph/elements';
import type { GraphLoad, GraphLoadOptions, GraphLoadResult } from '../../../ports/graph';
import type { ObjectStore } from '../../../ports/object-store';
import { readAhead, rejoin, skipFirst, throwIfCancelled } from '../../gremlin/sequences';
import type { BulkLoader } from './bulk-loader';
import { loadMarker, readLoadProgress, type LoadProgress } from './load-marker';
import { EDGES, LoaderFiles, VERTICES, loadFolder } from './loader-files';
import type { NeptuneSession } from './neptune-session';
import { applyToNeptune, recordsOf, type NeptuneUpsertOptions } from './neptune-upserts';

export interface NeptuneLoadSettings extends NeptuneUpsertOptions {
  /** Records after which a load notes how far it is. */
  readonly noteRecords: number;
  /** From how many changes on a load takes the bulk loader. */
  readonly bulkFrom: number;
}

/** The bulk loader, and where its files are written. */
export interface LoaderOfLoads {
  readonly store: ObjectStore;
  /** Elements of a file. */
  readonly fileRows: number;
  readonly job: BulkLoader;
}

/** How often a long step is reported, so that the caller can tell that work goes on, in milliseconds. */
const SIGN_OF_LIFE_MS = 1_000;

type Changes = AsyncIterable<readonly GraphChange[]>;

/** Loads into Neptune: by Gremlin or, where there are many changes, by the bulk loader and then Gremlin. */
export class NeptuneLoads {
  constructor(
    private readonly session: NeptuneSession,
    private readonly settings: NeptuneLoadSettings,
    private readonly loader: LoaderOfLoads | undefined,
  ) {}

  async load(load: GraphLoad, options: GraphLoadOptions): Promise<GraphLoadResult> {
    const { key } = load;
    throwIfCancelled(options.signal);
    const progress = key === undefined ? undefined : await readLoadProgress(this.session, key, options.signal);
    const files = this.loader && new LoaderFiles(this.loader.store, loadFolder(key), this.loader.fileRows);
    if (progress?.finished) {
      // Where it was cut off after its last note, they are still there.
      await files?.remove(options.signal);
      return { path: 'already-loaded', changes: progress.done };
    }
    const noted = progress?.done ?? 0;
    const source = load.changes[Symbol.asyncIterator]();
    try {
      const begun = progress === undefined ? undefined : await this.pathBegun(files, options.signal);
      const { path, peeked } = await this.choosePath(load, options, source, begun);
      const changes = rejoin(peeked, source);
      const count =
        path === 'bulk'
          ? await this.bulk(key, changes, noted, files!, this.loader!.job, options)
          : await this.upsert(key, skipFirst(changes, noted), noted, options);
      return { path, changes: count };
    } finally {
      await source.return?.();
    }
  }

  /** A load that was cut off goes on the way it was begun. */
  private async pathBegun(files: LoaderFiles | undefined, signal?: AbortSignal): Promise<'bulk' | 'upsert'> {
    return (await files?.manifest(signal)) === undefined ? 'upsert' : 'bulk';
  }

  private async choosePath(
    { key, expected }: GraphLoad,
    options: GraphLoadOptions,
    source: AsyncIterator<readonly GraphChange[]>,
    begun: 'bulk' | 'upsert' | undefined,
  ): Promise<{ path: 'bulk' | 'upsert'; peeked: (readonly GraphChange[])[] }> {
    const path = begun ?? options.path;
    if (path === 'bulk' && this.loader === undefined) throw withoutLoader(key);
    if (path !== undefined || this.loader === undefined) return { path: path ?? 'upsert', peeked: [] };
    if (expected !== undefined) return { path: this.pathFor(expected), peeked: [] };
    const { peeked, count } = await readAhead(source, this.settings.bulkFrom);
    return { path: this.pathFor(count), peeked };
  }

  private pathFor(changes: number): 'bulk' | 'upsert' {
    return changes >= this.settings.bulkFrom ? 'bulk' : 'upsert';
  }

  /** What the loader may write, vertices first; then the rest by Gremlin. Each step knows whether it was done before. */
  private async bulk(
    key: string | undefined,
    changes: Changes,
    noted: number,
    files: LoaderFiles,
    job: BulkLoader,
    options: GraphLoadOptions,
  ): Promise<number> {
    const { signal, onProgress } = options;
    const manifest = (await files.manifest(signal)) ?? (await files.write(changes, options));
    if (noted < manifest.loaded) {
      const watch = { signal, onAlive: () => onProgress?.(0) };
      if (manifest.vertexFiles > 0) await job.load(files, VERTICES, watch);
      if (manifest.edgeFiles > 0) await job.load(files, EDGES, watch);
    }
    onProgress?.(manifest.loaded);
    const done = Math.max(noted, manifest.loaded);
    const rest = skipFirst(files.rest(manifest, signal), done - manifest.loaded);
    const count = await this.upsert(key, rest, done, options);
    await files.remove();
    return count;
  }

  /** @param done changes of the load that are in the graph, and not among these */
  private async upsert(
    key: string | undefined,
    changes: Changes,
    done: number,
    options: GraphLoadOptions,
  ): Promise<number> {
    let held: GraphChange[] = [];
    let records = 0;
    const write = async (finished: boolean) => {
      await this.write(key, held, { done: done + held.length, finished }, options);
      done += held.length;
      [held, records] = [[], 0];
      options.onProgress?.(done);
    };
    for await (const batch of changes) {
      throwIfCancelled(options.signal);
      // The last note has to say that it is the last, so one is made only when more is known to come.
      if (records >= this.settings.noteRecords) await write(false);
      for (const change of batch) {
        checkChange(change);
        records += recordsOf(change);
        held.push(change);
      }
    }
    throwIfCancelled(options.signal);
    await write(true);
    return done;
  }

  private async write(
    key: string | undefined,
    changes: readonly GraphChange[],
    progress: LoadProgress,
    { signal, onProgress }: GraphLoadOptions,
  ): Promise<void> {
    const alive = setInterval(() => onProgress?.(progress.done - changes.length), SIGN_OF_LIFE_MS);
    try {
      const marker = key === undefined ? undefined : loadMarker(key, progress);
      await applyToNeptune(this.session, changes, this.settings, marker, signal);
    } finally {
      clearInterval(alive);
    }
  }
}

function withoutLoader(key: string | undefined): HubError {
  return new HubError(
    'GRAPH_LOAD_FAILED',
    `load "${key ?? ''}" cannot take the bulk path: Neptune's bulk loader needs a bucket and a role; use path "upsert"`,
    { field: 'path' },
  );
}

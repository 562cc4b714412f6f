import { parentPort, workerData } from 'node:worker_threads';
import { DuckDb } from '../duckdb';
import { LocalLake } from '../lake/local-lake';
import { toMessage } from '../threads/thread-errors';
import { LakeResolver } from './lake-resolver';
import type { ResolverMessage, ResolverThreadRequest } from './resolver-messages';

/** DuckDB only reads here. */
const DUCKDB_MEMORY_MB = 700;

/** The thread behind `ThreadedResolver`: it resolves once, and ends. */
async function main(): Promise<void> {
  if (parentPort === null) throw new Error('resolver-thread runs as a worker thread only');
  const port = parentPort;
  const stopping = new AbortController();
  port.once('message', () => stopping.abort());
  const { lakeFolder, tempFolder, settings, identityFolder: folder, request } = workerData as ResolverThreadRequest;
  const duckDb = await DuckDb.start({ memoryMb: DUCKDB_MEMORY_MB, threads: 2, tempFolder });
  const tell = (message: ResolverMessage) => port.postMessage(message);
  try {
    const resolver = new LakeResolver({ lake: new LocalLake(lakeFolder, duckDb), settings, folder });
    const { signal } = stopping;
    tell({ resolution: await resolver.resolve(request, { signal, onStage: (stage) => tell({ stage }) }) });
  } catch (error) {
    tell({ error: toMessage(error) });
  } finally {
    duckDb.close();
    port.close();
  }
}

void main();

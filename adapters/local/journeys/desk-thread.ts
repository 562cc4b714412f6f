import { parentPort, workerData } from 'node:worker_threads';
import type { JourneyQuestions } from '../../../ports/journey-desk';
import { DuckDb } from '../duckdb';
import { LocalLake } from '../lake/local-lake';
import { toMessage } from '../thread-errors';
import type { DeskReply, DeskRequest, DeskThreadData } from './desk-messages';
import { LakeDesk } from './lake-desk';

/** DuckDB only reads here. */
const DUCKDB_MEMORY_MB = 400;

/** The thread behind `ThreadedDesk`: it answers one question after the other, in the order they come. */
async function main(): Promise<void> {
  if (parentPort === null) throw new Error('desk-thread runs as a worker thread only');
  const port = parentPort;
  const { lakeFolder, tempFolder, ...options } = workerData as DeskThreadData;
  const duckDb = await DuckDb.start({ memoryMb: DUCKDB_MEMORY_MB, threads: 2, tempFolder });
  const desk = new LakeDesk(new LocalLake(lakeFolder, duckDb), options);
  const cancelling = new Map<number, AbortController>();
  const reply = (message: DeskReply) => port.postMessage(message);

  port.on('message', (request: DeskRequest) => {
    if ('cancel' in request) {
      cancelling.get(request.id)?.abort();
      return;
    }
    const { id, name, lakeVersion } = request;
    const controller = new AbortController();
    cancelling.set(id, controller);
    const question = request.question as JourneyQuestions[typeof name]['question'];
    desk
      .ask(name, question, { lakeVersion, signal: controller.signal })
      .then(
        (answer) => reply({ id, answer }),
        (error: unknown) => reply({ id, error: toMessage(error) }),
      )
      .finally(() => cancelling.delete(id));
  });
}

void main();

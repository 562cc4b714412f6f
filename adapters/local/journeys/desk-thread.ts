import { workerData } from 'node:worker_threads';
import type { JourneyQuestions } from '../../../ports/journey-desk';
import { answerQuestions } from '../threads/asked-thread';
import { DuckDb } from '../duckdb';
import { LocalLake } from '../lake/local-lake';
import type { DeskQuestion, DeskThreadData } from './desk-messages';
import { LakeDesk } from './lake-desk';

/** DuckDB only reads here. */
const DUCKDB_MEMORY_MB = 400;

/** The thread behind `ThreadedDesk`: it answers one question after the other, in the order they come. */
async function openDesk(): Promise<LakeDesk> {
  const { lakeFolder, tempFolder, ...options } = workerData as DeskThreadData;
  const duckDb = await DuckDb.start({ memoryMb: DUCKDB_MEMORY_MB, threads: 2, tempFolder });
  return new LakeDesk(new LocalLake(lakeFolder, duckDb), options);
}

const opening = openDesk();
answerQuestions<DeskQuestion, object>(async ({ name, question, lakeVersion }, signal) => {
  const desk = await opening;
  return desk.ask(name, question as JourneyQuestions[typeof name]['question'], { lakeVersion, signal });
});

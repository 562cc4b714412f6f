import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { landFromKafka } from './ingest-kafka';
import { seenAfter } from './ingest-timeline';
import { print } from './measure';
import { freePort, latencies, openLoop, rssMb, untilReady, type Answer } from './open-loop';
import { postedEvent } from './posted-event';

const NAME = 'ingest';
const EVENTS_OF_A_BATCH = 100;
const WARM_UP_S = 3;
const KAFKA_ROUNDS = 3;
/** A round is a minute: ten of them tell whether memory grows. */
const SECONDS = 60;
/** What must be borne for long, and what is borne for a minute. */
const SUSTAINED = 5_000;
const BURST = 10_000;
const CUSTOMERS = 1_000_000;

/**
 * Events that are posted in batches, so many a second whatever the API does; it and who asks share the machine's cores, and each answer
 * comes once the events are forced to the disk. Then events that wait in Kafka, until they are in the lake; and
 * events that are posted one by one, until they are in the customer's timeline.
 *
 * @param rounds minutes; and how often Kafka's, three times at most
 */
export async function ingestBench(rounds: number): Promise<void> {
  await posted(SUSTAINED, rounds);
  await posted(BURST, 1);
  for (let round = 0; round < Math.min(rounds, KAFKA_ROUNDS); round++) await fromKafka();
  await toTimeline();
}

async function toTimeline(): Promise<void> {
  const seconds = await seenAfter();
  const at = (share: number) => seconds[Math.ceil(share * seconds.length) - 1]!;
  const spread = { p50_s: at(0.5), p95_s: at(0.95), max_s: at(1) };
  print({
    bench: NAME,
    what: 'posted until seen in the timeline, 20,000 customers',
    events: seconds.length,
    ...spread,
  });
}

async function fromKafka(): Promise<void> {
  const { events, landed, seconds, peakMb } = await landFromKafka();
  print({
    bench: NAME,
    what: 'Kafka into the lake',
    ...{ events, landed, seconds, events_per_s: landed / seconds, peak_mb: peakMb },
  });
}

async function posted(rate: number, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-ingest-'));
  const port = await freePort();
  const server = spawn(process.execPath, [join(__dirname, 'ingest-server.js'), folder, String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await untilReady(`http://127.0.0.1:${port}/openapi.json`);
    const asked = { port, path: '/v1/events', contentType: 'application/cloudevents-batch+json' };
    const perSecond = rate / EVENTS_OF_A_BATCH;
    let batches = 0;
    const ask = (seconds: number) => openLoop(asked, () => batchOf(batches++), { perSecond, seconds });
    const warm = await ask(WARM_UP_S);
    const answers: Answer[] = [];
    const memory = [await rssMb(server)];
    for (let round = 0; round < rounds; round++) {
      answers.push(...(await ask(SECONDS)));
      memory.push(await rssMb(server));
    }
    server.kill('SIGTERM');
    await once(server, 'exit');
    const accepted = [...warm, ...answers].filter(({ status }) => status === 202).length * EVENTS_OF_A_BATCH;
    print({
      bench: NAME,
      what: `posted, ${rate} a second in batches of ${EVENTS_OF_A_BATCH}`,
      minutes: rounds,
      events_per_s: (answers.filter(({ status }) => status === 202).length * EVENTS_OF_A_BATCH) / (rounds * SECONDS),
      ...latencies(answers),
      failed: answers.filter(({ status }) => status !== 202).length,
      rss_mb: memory.join(' '),
      accepted,
      kept: await linesBelow(join(folder, 'streams', 'bench')),
    });
  } finally {
    server.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

function batchOf(batch: number): string {
  const first = batch * EVENTS_OF_A_BATCH;
  const events = Array.from({ length: EVENTS_OF_A_BATCH }, (_, index) => postedEvent(first + index, CUSTOMERS));
  return JSON.stringify(events);
}

async function linesBelow(folder: string): Promise<number> {
  let lines = 0;
  for (const name of (await readdir(folder)).filter((each) => !each.startsWith('.'))) {
    for await (const piece of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
      for (const byte of piece) if (byte === 0x0a) lines++;
    }
  }
  return lines;
}

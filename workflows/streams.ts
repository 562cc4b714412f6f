import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { PulledStream, PullInput } from '../activities/streams';
import { failureMessage } from '../core/errors';
import type { StreamPlaces } from '../core/ingest/stream-places';
import { followers, io } from './activities';
import { ingestSource } from './ingest';
import { searchAttributes } from './search-attributes';

/** Input of the workflow `followStream`; what is beside the source is handed over by a run to the next. */
export interface FollowStreamInput {
  readonly source: string;
  readonly places?: StreamPlaces;
  /** Whose places these are. */
  readonly stream?: string;
  readonly note?: string;
  readonly startedAt?: number;
  readonly totals?: StreamTotals;
  /** Since the lake was vacuumed. */
  readonly landings?: number;
}

interface StreamTotals {
  readonly records: number;
  readonly segments: number;
  /** Rows of what landed from here; a night lands what waits, too, and says so itself. */
  readonly landed: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** Why what came could not land the last time; it is tried again with what comes next. */
  readonly landingError?: string;
}

/** How far a stream is followed. */
export interface StreamProgress extends StreamTotals {
  readonly source: string;
  readonly behindMs: number;
  readonly shards: number;
  /** That the stream is another one than it was. */
  readonly note?: string;
  /** Why it cannot be read: looked at again every minute, until somebody has mended it. */
  readonly streamError?: string;
}

export const streamProgressQuery = defineQuery<StreamProgress>('progress');

/** Not to wait until a stream that could not be read is looked at again. */
export const lookAgainSignal = defineSignal('look again');

const NOTHING: StreamTotals = { records: 0, segments: 0, landed: 0, duplicates: 0, quarantined: 0 };
/** How long an activity waits for something new before it comes back. */
const SECONDS = 15;
/** Each landing writes files of its own to the lake, and every query reads all that there are. */
const LANDINGS_TO_VACUUM = 100;
/** Until a stream is looked at again that no trying helped to read: there is none of its name, or the credentials are not good. */
const PAUSE = '1 minute';

/**
 * Follows the stream of a source for ever, one for a source: what is new becomes files in the landing zone, and how far it was
 * read is known here only when they are there for good. They land as all files do, some at a time, while more is read.
 */
export async function followStream(input: FollowStreamInput): Promise<void> {
  const { source } = input;
  const { startTime } = workflowInfo();
  const startedAt = input.startedAt ?? startTime.getTime();
  let places = input.places ?? {};
  let { stream, note } = input;
  let totals = { ...NOTHING, ...input.totals };
  let behindMs = 0;
  let streamError: string | undefined;
  let waiting: string | undefined;
  let isLanding = false;
  let landings = input.landings ?? 0;
  let isAskedFor = false;
  const progress = (): StreamProgress => ({
    source,
    ...totals,
    behindMs,
    shards: Object.keys(places).length,
    ...(note === undefined ? {} : { note }),
    ...(streamError === undefined ? {} : { streamError }),
  });
  const tell = () => setCurrentDetails(detailsOf(progress()));
  setHandler(streamProgressQuery, progress);
  setHandler(lookAgainSignal, () => void (isAskedFor = true));
  upsertSearchAttributes(searchAttributes('ingest', undefined, source));
  tell();

  const landWaiting = async () => {
    isLanding = true;
    while (waiting !== undefined) {
      const businessDate = waiting;
      waiting = undefined;
      // Totals are read when it has landed: more may have been pulled meanwhile.
      const landed = await land(source, businessDate);
      totals = addLanded(totals, landed);
      tell();
      landings++;
      if (landings < LANDINGS_TO_VACUUM || !patched('vacuum')) continue;
      landings = 0;
      await io.vacuumLake();
    }
    isLanding = false;
  };

  let landing = Promise.resolve();
  while (!workflowInfo().continueAsNewSuggested) {
    const pulled = await pull({ source, places, ...(stream === undefined ? {} : { stream }), startedAt });
    streamError = typeof pulled === 'string' ? pulled : undefined;
    if (typeof pulled === 'string') {
      tell();
      await condition(() => isAskedFor, PAUSE);
      isAskedFor = false;
      continue;
    }
    ({ places, stream, behindMs } = pulled);
    note = pulled.note ?? note;
    totals = { ...totals, records: totals.records + pulled.records, segments: totals.segments + pulled.segments };
    tell();
    if (pulled.segments === 0) continue;
    waiting = pulled.businessDate;
    if (isLanding) continue;
    landing = landWaiting();
    // A cancellation comes to what is pulled as well, and is told from there.
    landing.catch(() => undefined);
  }
  await condition(() => !isLanding);
  await landing;
  await continueAsNew<typeof followStream>({
    ...{ source, places, startedAt, totals, landings },
    ...(stream === undefined ? {} : { stream }),
    ...(note === undefined ? {} : { note }),
  });
}

/** What is new; or why it cannot be had, which must not end what knows the places. */
async function pull(from: Omit<PullInput, 'seconds'>): Promise<PulledStream | string> {
  try {
    return await followers.pullStream({ ...from, seconds: SECONDS });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failureMessage(error);
  }
}

type Landed = Pick<StreamTotals, 'landed' | 'duplicates' | 'quarantined' | 'landingError'>;

/** Lands what waits, in the lake and then in the graph. A failure is told, and holds up nothing that comes. */
async function land(source: string, businessDate: string): Promise<Landed> {
  try {
    const { files } = await executeChild(ingestSource, {
      workflowId: `ingest-${source}-stream`,
      typedSearchAttributes: searchAttributes('ingest', businessDate, source),
      args: [{ source, businessDate }],
    });
    await io.loadGraph();
    const sum = (count: (file: (typeof files)[number]) => number) =>
      files.reduce((total, file) => total + count(file), 0);
    return {
      landed: sum(({ landed }) => landed),
      duplicates: sum(({ duplicates }) => duplicates),
      quarantined: sum(({ quarantined }) => quarantined),
    };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { landed: 0, duplicates: 0, quarantined: 0, landingError: failureMessage(error) };
  }
}

function addLanded({ records, segments, ...before }: StreamTotals, landed: Landed): StreamTotals {
  return {
    ...landed,
    records,
    segments,
    landed: before.landed + landed.landed,
    duplicates: before.duplicates + landed.duplicates,
    quarantined: before.quarantined + landed.quarantined,
  };
}

function detailsOf({
  source,
  records,
  segments,
  landed,
  duplicates,
  quarantined,
  behindMs,
  shards,
  note,
  streamError,
  landingError,
}: StreamProgress) {
  const rows: readonly (readonly [string, string | number])[] = [
    ['source', source],
    ['shards', shards],
    ['behind, in seconds', Math.round(behindMs / 1_000)],
    ['records', records],
    ['files', segments],
    ['landed', landed],
    ['duplicates', duplicates],
    ['quarantined', quarantined],
    ...(note === undefined ? [] : [['note', note] as const]),
    ...(streamError === undefined ? [] : [['cannot be read', streamError] as const]),
    ...(landingError === undefined ? [] : [['could not land', landingError] as const]),
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

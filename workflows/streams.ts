import {
  condition,
  continueAsNew,
  defineQuery,
  executeChild,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { failureMessage } from '../core/errors';
import type { StreamPlaces } from '../core/ingest/stream-places';
import { followers, io } from './activities';
import { ingestSource } from './ingest';
import { searchAttributes } from './search-attributes';

/** Input of the workflow `followStream`; what is beside the source is handed over by a run to the next. */
export interface FollowStreamInput {
  readonly source: string;
  readonly places?: StreamPlaces;
  readonly startedAt?: number;
  readonly totals?: StreamTotals;
}

interface StreamTotals {
  readonly records: number;
  readonly segments: number;
  readonly landed: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** Why what came could not land the last time; it is tried again with what comes next. */
  readonly lastError?: string;
}

/** How far a stream is followed. */
export interface StreamProgress extends StreamTotals {
  readonly source: string;
  readonly behindMs: number;
  readonly shards: number;
}

export const streamProgressQuery = defineQuery<StreamProgress>('progress');

const NOTHING: StreamTotals = { records: 0, segments: 0, landed: 0, duplicates: 0, quarantined: 0 };
/** How long an activity waits for something new before it comes back. */
const SECONDS = 15;

/**
 * Follows the stream of a source for ever, one for a source: what is new becomes files in the landing zone, and how far it was
 * read is known here only when they are there for good. They land as all files do, some at a time, while more is read.
 */
export async function followStream(input: FollowStreamInput): Promise<void> {
  const { source } = input;
  const { startTime } = workflowInfo();
  const startedAt = input.startedAt ?? startTime.getTime();
  let places = input.places ?? {};
  let totals = { ...NOTHING, ...input.totals };
  let behindMs = 0;
  let waiting: string | undefined;
  let isLanding = false;
  const progress = (): StreamProgress => ({ source, ...totals, behindMs, shards: Object.keys(places).length });
  const tell = () => setCurrentDetails(detailsOf(progress()));
  setHandler(streamProgressQuery, progress);
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
    }
    isLanding = false;
  };

  let landing = Promise.resolve();
  while (!workflowInfo().continueAsNewSuggested) {
    const pulled = await followers.pullStream({ source, places, startedAt, seconds: SECONDS });
    ({ places, behindMs } = pulled);
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
  await continueAsNew<typeof followStream>({ source, places, startedAt, totals });
}

type Landed = Pick<StreamTotals, 'landed' | 'duplicates' | 'quarantined' | 'lastError'>;

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
    return { landed: 0, duplicates: 0, quarantined: 0, lastError: failureMessage(error) };
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
  lastError,
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
    ...(lastError === undefined ? [] : [['last failure', lastError] as const]),
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

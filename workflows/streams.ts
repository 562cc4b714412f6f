import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { PulledStream, PullInput } from '../activities/streams';
import { failureMessage } from '../core/errors';
import type { StreamPlaces } from '../core/ingest/stream-places';
import { followers } from './activities';
import { searchAttributes } from './search-attributes';
import { detailsTable, StreamLandings, type LandedTotals } from './stream-landings';

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

/** Records that were pulled, and the files that they make. */
interface PulledTotals {
  readonly records: number;
  readonly segments: number;
}

type StreamTotals = PulledTotals & LandedTotals;

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

/** Query of `followPosted`, of the same name. */
export const postedProgressQuery = defineQuery<LandedTotals & { readonly source: string }>('progress');

export const streamProgressQuery = defineQuery<StreamProgress>('progress');

/** Not to wait until a stream that could not be read is looked at again. */
export const lookAgainSignal = defineSignal('look again');

/** How long an activity waits for something new before it comes back. */
const SECONDS = 15;
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
  let pulledTotals: PulledTotals = { records: input.totals?.records ?? 0, segments: input.totals?.segments ?? 0 };
  let behindMs = 0;
  let streamError: string | undefined;
  let isAskedFor = false;
  const landings = new StreamLandings(source, input, () => tell());
  const progress = (): StreamProgress => ({
    source,
    ...pulledTotals,
    ...landings.totals,
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
    const { records, segments } = pulled;
    pulledTotals = { records: pulledTotals.records + records, segments: pulledTotals.segments + segments };
    tell();
    if (segments > 0) landings.land(pulled.businessDate);
  }
  await landings.ended();
  await continueAsNew<typeof followStream>({
    ...{ source, places, startedAt, totals: { ...pulledTotals, ...landings.totals }, landings: landings.landings },
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

/** Input of the workflow `followPosted`; what is beside the source is handed over by a run to the next. */
export interface FollowPostedInput {
  readonly source: string;
  readonly totals?: LandedTotals;
  readonly landings?: number;
  /** That of what was posted to the former run and has not landed. */
  readonly waiting?: string;
}

/** That a source has a new segment which can land; with the business date, YYYY-MM-DD. */
export const segmentSignal = defineSignal<[businessDate: string]>('segment');

/** Follows what is posted of a source for ever, one for a source: the API keeps it in files of the landing zone, and tells of each. */
export async function followPosted({ source, waiting, ...before }: FollowPostedInput): Promise<void> {
  let isTold = waiting;
  const progress = () => ({ source, ...landings.totals });
  const tell = () => {
    const { totals } = landings;
    const rows = [['source', source], ...landedRows(totals), ['could not land', totals.landingError]] as const;
    setCurrentDetails(detailsTable(rows));
  };
  const landings = new StreamLandings(source, before, tell);
  setHandler(postedProgressQuery, progress);
  setHandler(segmentSignal, (businessDate) => void (isTold = businessDate));
  upsertSearchAttributes(searchAttributes('ingest', undefined, source));
  tell();
  while (!workflowInfo().continueAsNewSuggested) {
    await condition(() => isTold !== undefined);
    landings.land(isTold!);
    isTold = undefined;
  }
  await landings.ended();
  await continueAsNew<typeof followPosted>({
    ...{ source, totals: landings.totals, landings: landings.landings },
    ...(isTold === undefined ? {} : { waiting: isTold }),
  });
}

function detailsOf({ source, records, segments, behindMs, shards, note, streamError, ...landed }: StreamProgress) {
  return detailsTable([
    ['source', source],
    ['shards', shards],
    ['behind, in seconds', Math.round(behindMs / 1_000)],
    ['records', records],
    ['files', segments],
    ...landedRows(landed),
    ['note', note],
    ['cannot be read', streamError],
    ['could not land', landed.landingError],
  ]);
}

function landedRows({ landed, duplicates, quarantined }: LandedTotals) {
  return [
    ['landed', landed],
    ['duplicates', duplicates],
    ['quarantined', quarantined],
  ] as const;
}

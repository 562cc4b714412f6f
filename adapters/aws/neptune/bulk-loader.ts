import { setTimeout as delay } from 'node:timers/promises';
import {
  CancelLoaderJobCommand,
  GetLoaderJobStatusCommand,
  StartLoaderJobCommand,
  type NeptunedataClient,
} from '@aws-sdk/client-neptunedata';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import type { LoaderFiles } from './loader-files';

/** A row that the loader refused, as Neptune's error log has it. */
export interface RefusedRow {
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Address of the file. */
  readonly fileName: string;
  readonly recordNum: number;
}

/** The loader refused rows. What it wrote before it stopped is in the graph. */
export class BulkLoadRefused extends HubError {
  constructor(
    source: string,
    status: string,
    /** The first of them. */
    readonly rows: readonly RefusedRow[],
  ) {
    const told = rows.map(
      ({ errorCode, errorMessage, fileName, recordNum }) =>
        `${fileName}, record ${recordNum}: ${errorCode} ${errorMessage}`,
    );
    super(
      'GRAPH_LOAD_FAILED',
      `Neptune's bulk loader ended with ${status} over ${source} (${told.join('; ') || 'it names no row'}); correct the data and load again`,
    );
  }
}

export interface BulkLoaderOptions {
  /** Of the object store's root, as Neptune reaches it: `s3://bucket/prefix/`. */
  readonly uri: string;
  /** The role by which the cluster reads the bucket; it must be added to the cluster. */
  readonly roleArn: string;
  /** Of the bucket, which must be the cluster's. */
  readonly region: string;
  /** How often at most to ask how far a load is, in milliseconds. */
  readonly pollMs: number;
}

/** What a load is asked to be, and who is told that it goes on. */
export interface BulkWatch {
  readonly signal?: AbortSignal | undefined;
  readonly onAlive?: () => void;
}

const FIRST_POLL_MS = 200;
const ROWS_TOLD = 10;
/** How often a load is begun again that ended for reasons of its own. */
const MOST_STARTS = 4;

const CANCELLED = 'LOAD_CANCELLED_BY_USER';
/** Ends that are not the data's fault: the same load, begun again, goes on with the files that are left. */
const PASSING = [
  CANCELLED,
  'LOAD_COMMITTED_W_WRITE_CONFLICTS',
  'LOAD_DATA_DEADLOCK',
  'LOAD_S3_READ_ERROR',
  'LOAD_UNEXPECTED_ERROR',
];

interface JobStatus {
  readonly status: string;
  readonly isOver: boolean;
  /** Of the files that failed. */
  readonly causes: readonly string[];
}

/**
 * Neptune's bulk loader, over folders of CSV files. Which job loads a folder is noted beside it; a job that was begun and
 * not noted is found by Neptune itself, which goes on with an earlier load of the same address (mode AUTO).
 */
export class BulkLoader {
  constructor(
    private readonly client: NeptunedataClient,
    private readonly options: BulkLoaderOptions,
  ) {}

  /**
   * Has a folder of a load's files loaded, and waits for the end. When the signal fires, the job is cancelled.
   *
   * Throws `BulkLoadRefused`, `GRAPH_UNAVAILABLE` (retryable) for loads that end for reasons of Neptune's own,
   * `GRAPH_LOAD_CANCELLED` where somebody else did it, `CANCELLED`.
   */
  async load(files: LoaderFiles, part: string, watch: BulkWatch): Promise<void> {
    const source = `${this.options.uri}${files.folder}${part}`;
    const note = `${part.replace('/', '')}.job`;
    const start = async () => {
      const id = await this.start(source, watch.signal);
      await files.writeText(note, id, watch.signal);
      return id;
    };
    const noted = await files.readText(note, watch.signal);
    let loadId = noted ?? (await start());
    for (let starts = 1; ; starts++) {
      const ended = await this.wait(loadId, source, watch);
      if (ended.status === 'LOAD_COMPLETED') return;
      // One that was noted before may have been cancelled by this very hub.
      if (ended.status === CANCELLED && loadId !== noted) throw cancelledByOthers(source);
      const isPassing = [ended.status, ...ended.causes].some((status) => PASSING.includes(status));
      if (!isPassing && ended.status !== UNKNOWN) {
        await files.invalidate();
        throw new BulkLoadRefused(source, ended.status, await this.refusedRows(loadId, source));
      }
      if (starts >= MOST_STARTS) throw unfinished(source, ended.status);
      loadId = await start();
    }
  }

  private start(source: string, signal: AbortSignal | undefined): Promise<string> {
    return callAws(`starting a bulk load of ${source}`, signal, async (abort) => {
      const command = new StartLoaderJobCommand({
        source,
        format: 'csv',
        iamRoleArn: this.options.roleArn,
        s3BucketRegion: this.options.region,
        mode: 'AUTO',
        failOnError: true,
        updateSingleCardinalityProperties: true,
        queueRequest: true,
      });
      const { payload } = await this.client.send(command, abort);
      return String(payload?.['loadId']);
    });
  }

  private async wait(loadId: string, source: string, { signal, onAlive }: BulkWatch): Promise<JobStatus> {
    try {
      for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.5, this.options.pollMs)) {
        const job = await this.status(loadId, source, signal);
        onAlive?.();
        if (job.isOver) return job;
        await delay(Math.min(pollMs, this.options.pollMs), undefined, { signal }).catch(() => undefined);
        if (signal?.aborted) throw new HubError('CANCELLED', `a bulk load of ${source} was cancelled`);
      }
    } catch (error) {
      if (signal?.aborted) await this.cancel(loadId);
      throw error;
    }
  }

  private status(loadId: string, source: string, signal?: AbortSignal): Promise<JobStatus> {
    return callAws(`asking how far the bulk load ${loadId} of ${source} is`, signal, async (abort) => {
      try {
        const command = new GetLoaderJobStatusCommand({ loadId, details: true });
        const { payload } = await this.client.send(command, abort);
        return jobStatus(payload as StatusPayload | undefined);
      } catch (error) {
        // Neptune remembers its last thousand or so loads; a cluster that was made anew, none.
        if (!(error instanceof Error) || error.name !== 'BulkLoadIdNotFoundException') throw error;
        return { status: UNKNOWN, isOver: true, causes: [] };
      }
    });
  }

  private refusedRows(loadId: string, source: string): Promise<RefusedRow[]> {
    return callAws(`reading why the bulk load ${loadId} of ${source} failed`, undefined, async () => {
      const page = { details: true, errors: true, page: 1, errorsPerPage: ROWS_TOLD };
      const { payload } = await this.client.send(new GetLoaderJobStatusCommand({ loadId, ...page }));
      return [...((payload as StatusPayload | undefined)?.errors?.errorLogs ?? [])];
    });
  }

  /** Nobody waits for it any more; what goes wrong with it changes nothing. */
  private async cancel(loadId: string): Promise<void> {
    await this.client.send(new CancelLoaderJobCommand({ loadId })).catch(() => undefined);
  }
}

/** No status of Neptune's: it knows no such load. */
const UNKNOWN = 'LOAD_ID_UNKNOWN';

/** What the client leaves untyped of a status. */
interface StatusPayload {
  readonly overallStatus?: { readonly status?: string };
  readonly failedFeeds?: readonly { readonly status?: string }[];
  readonly errors?: { readonly errorLogs?: readonly RefusedRow[] };
}

function jobStatus(payload: StatusPayload | undefined): JobStatus {
  const status = payload?.overallStatus?.status ?? '';
  return {
    status,
    isOver: !['', 'LOAD_NOT_STARTED', 'LOAD_IN_QUEUE', 'LOAD_IN_PROGRESS'].includes(status),
    causes: (payload?.failedFeeds ?? []).flatMap((feed) => (feed.status === undefined ? [] : [feed.status])),
  };
}

function cancelledByOthers(source: string): HubError {
  return new HubError(
    'GRAPH_LOAD_CANCELLED',
    `somebody cancelled Neptune's bulk load of ${source}; load again: it goes on where it was`,
  );
}

function unfinished(source: string, status: string): HubError {
  return new HubError(
    'GRAPH_UNAVAILABLE',
    `Neptune's bulk load of ${source} ended with ${status} again and again; see that the cluster reaches S3 and nobody cancels it, and load again: it goes on where it was`,
    { retryable: true },
  );
}

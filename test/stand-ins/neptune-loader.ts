import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { applyChanges } from '../../adapters/local/graph/upserts';
import { messageOf } from '../../core/errors';
import type { EdgeLabel, GraphElement, PropertyValue, VertexLabel } from '../../core/graph/elements';
import type { ObjectStore } from '../../ports/object-store';
import type { HttpPart, NeptuneFront } from './neptune-front';
import { refusal, type StreamAnswer } from './neptune-record';

interface Job {
  readonly loadId: string;
  readonly source: string;
  status: string;
  readonly feeds: { fullUri: string; status: string }[];
  readonly errors: { errorCode: string; errorMessage: string; fileName: string; recordNum: number }[];
  records: number;
}

/** A cell or a row that the loader does not take, by Neptune's name of it. */
class RowError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Neptune's bulk loader before the front: reads CSV files from the store as Neptune's guide has their format, upserts what
 * they say, file by file, vertices before edges, and answers `/loader` as Neptune does.
 */
export class FrontLoader {
  /** Bodies of the requests that began jobs. */
  readonly started: Record<string, unknown>[] = [];
  readonly jobs = new Map<string, Job>();
  /** Has jobs wait before each file. */
  beforeFile: (uri: string) => Promise<void> = () => Promise.resolve();
  /** Ends that jobs come to instead of loading, one after the other. */
  readonly endings: string[] = [];
  private readonly loaded = new Set<string>();

  /** @param root address of the store's root */
  constructor(
    private readonly front: NeptuneFront,
    private readonly store: ObjectStore,
    private readonly root: string,
  ) {}

  readonly answer: HttpPart = (method, url, body) => {
    const [, path, loadId] = url.pathname.split('/');
    if (path !== 'loader') return Promise.resolve(undefined);
    if (method === 'POST') return Promise.resolve(this.begin(JSON.parse(body.toString()) as Record<string, unknown>));
    const job = this.jobs.get(decodeURIComponent(loadId ?? ''));
    if (job === undefined) return Promise.resolve(refusal('BulkLoadIdNotFoundException', `no load ${loadId}`, 404));
    if (method === 'DELETE') job.status = 'LOAD_CANCELLED_BY_USER';
    return Promise.resolve(ok(method === 'DELETE' ? {} : statusOf(job, url.searchParams)));
  };

  forget(): void {
    this.jobs.clear();
    this.started.length = 0;
    this.endings.length = 0;
    this.loaded.clear();
    this.beforeFile = () => Promise.resolve();
  }

  private begin(request: Record<string, unknown>): StreamAnswer {
    const { source, format, iamRoleArn, s3BucketRegion } = request;
    for (const [name, value] of Object.entries({ source, iamRoleArn, region: s3BucketRegion ?? request['region'] })) {
      if (typeof value !== 'string' || value === '') return refusal('MissingParameterException', `no ${name}`);
    }
    if (format !== 'csv') return refusal('InvalidParameterException', `format ${String(format)}`);
    this.started.push(request);
    const loadId = randomUUID();
    const job: Job = { loadId, source: String(source), status: 'LOAD_IN_PROGRESS', feeds: [], errors: [], records: 0 };
    this.jobs.set(loadId, job);
    void this.run(job, request).catch((error: unknown) => {
      job.status = 'LOAD_UNEXPECTED_ERROR';
      job.errors.push({
        errorCode: 'LOAD_UNEXPECTED_ERROR',
        errorMessage: messageOf(error),
        fileName: '',
        recordNum: 0,
      });
    });
    return ok({ loadId });
  }

  private async run(job: Job, request: Record<string, unknown>): Promise<void> {
    const ending = this.endings.shift();
    if (ending !== undefined) {
      job.status = ending;
      return;
    }
    const files: string[] = [];
    for await (const { key } of this.store.list(job.source.slice(this.root.length))) files.push(key);
    for (const key of files) {
      const fullUri = `${this.root}${key}`;
      await this.beforeFile(fullUri);
      if (job.status !== 'LOAD_IN_PROGRESS') return;
      // An earlier load of the same address is gone on with.
      if (request['mode'] === 'AUTO' && this.loaded.has(fullUri)) continue;
      await this.loadFile(job, key, fullUri, request);
      if (job.errors.length > 0) {
        job.feeds.push({ fullUri, status: 'LOAD_FAILED' });
        job.status = 'LOAD_FAILED';
        return;
      }
      this.loaded.add(fullUri);
    }
    job.status = 'LOAD_COMPLETED';
  }

  private async loadFile(job: Job, key: string, fileName: string, request: Record<string, unknown>): Promise<void> {
    const bytes = await this.store.read(key);
    const text = key.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : Buffer.from(bytes).toString('utf8');
    const [header, ...rows] = parse(text) as string[][];
    for (const [index, row] of rows.entries()) {
      job.records++;
      try {
        const element = elementOf(header!, row);
        await this.write(element, isTrue(request['updateSingleCardinalityProperties']));
      } catch (error) {
        const errorCode = error instanceof RowError ? error.code : 'UNEXPECTED_ERROR';
        job.errors.push({ errorCode, errorMessage: messageOf(error), fileName, recordNum: index + 1 });
        if (isTrue(request['failOnError'])) return;
      }
    }
  }

  private async write(element: GraphElement, replaces: boolean): Promise<void> {
    if (!replaces) throw new RowError('SINGLE_CARDINALITY_VIOLATION', element.id);
    await this.front.change((server) =>
      applyChanges(server, [element], { batchSize: 1, inFlight: 1 }).catch((error: unknown) => {
        throw new RowError('FROM_OR_TO_VERTEX_ARE_MISSING', messageOf(error));
      }),
    );
  }
}

function ok(payload: unknown): StreamAnswer {
  return { status: 200, body: JSON.stringify({ status: '200 OK', payload }) };
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'TRUE';
}

function statusOf(job: Job, query: URLSearchParams): unknown {
  const { source: fullUri, status, records: totalRecords, feeds, errors, loadId } = job;
  const page = Number(query.get('page') ?? 1);
  const size = Number(query.get('errorsPerPage') ?? 10);
  const startIndex = (page - 1) * size + 1;
  return {
    feedCount: [{ [status]: 1 }],
    overallStatus: { fullUri, runNumber: 1, retryNumber: 0, status, totalRecords, totalDuplicates: 0 },
    ...(query.get('details') === 'true' ? { failedFeeds: feeds } : {}),
    ...(query.get('errors') === 'true'
      ? {
          errors: {
            startIndex,
            endIndex: startIndex + size,
            loadId,
            errorLogs: errors.slice(startIndex - 1, startIndex - 1 + size),
          },
        }
      : {}),
  };
}

/** Blank cells are no properties: an empty text is one only where the loader is told so, which the hub does not. */
function elementOf(header: readonly string[], row: readonly string[]): GraphElement {
  const own: Record<string, string> = {};
  const properties: [string, PropertyValue][] = [];
  header.forEach((column, index) => {
    const text = row[index]!;
    if (column.startsWith('~')) own[column] = text;
    else if (text !== '') properties.push(propertyOf(column, text, header.includes('~from')));
  });
  const id = own['~id']!;
  const element = { id, properties: Object.fromEntries(properties) };
  if (own['~from'] === undefined) return { kind: 'vertex', label: own['~label'] as VertexLabel, ...element };
  return { kind: 'edge', label: own['~label'] as EdgeLabel, from: own['~from'], to: own['~to']!, ...element };
}

const COLUMN = /^(.+):(String|Long|Double|Bool)(\(single\))?$/;

function propertyOf(column: string, text: string, isEdge: boolean): [string, PropertyValue] {
  const [, name, type, cardinality] = COLUMN.exec(column) ?? [];
  if (name === undefined) throw new RowError('INVALID_HEADER', column);
  // Without it a vertex's property is a set, and an edge's header may not have one.
  if (isEdge === (cardinality !== undefined)) throw new RowError('INVALID_HEADER', column);
  return [name, valueOf(type!, text)];
}

function valueOf(type: string, text: string): PropertyValue {
  if (type === 'String') return text;
  if (type === 'Bool') return text === 'true';
  if (type === 'Long' && /^-?\d+$/.test(text)) return BigInt(text);
  if (type === 'Double' && Number.isFinite(Number(text))) return Number(text);
  throw new RowError('DATA_TYPE_MISMATCH_ERROR', `${text} is no ${type}`);
}

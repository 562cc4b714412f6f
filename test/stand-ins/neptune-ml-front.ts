import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors';
import { mean } from 'simple-statistics';
import { WebSocketServer } from 'ws';
import type { ObjectStore } from '../../ports/object-store';
import { engineUsed } from '../support/used-engines';
import { readExport, type ExportedGraph } from './exported-graph';
import { startHttpFront, type HttpFront } from './http-front';
import { refusal, type StreamAnswer } from './neptune-record';
import { answerTo, type InferenceQuery, type ToldProperty } from './ml-inference-frames';
import { learnStump, sideOf, type Stump } from './stump';

type Body = Readonly<Record<string, unknown>>;
type Kind = 'dataprocessing' | 'modeltraining' | 'modeltransform' | 'endpoints';

interface Job {
  readonly kind: Kind;
  readonly body: Body;
  status: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  /** How often it is still told to be under way. */
  looks: number;
  reason?: string;
  graph?: ExportedGraph;
  stump?: Stump;
}

const LOOKS = 2;
const NEEDED: Readonly<Record<Kind, readonly string[]>> = {
  dataprocessing: ['inputDataS3Location', 'processedDataS3Location'],
  modeltraining: ['dataProcessingJobId', 'trainModelS3Location'],
  modeltransform: ['dataProcessingJobId', 'mlModelTrainingJobId', 'modelTransformOutputS3Location'],
  endpoints: ['mlModelTransformJobId'],
};

/**
 * What a cluster answers below `/ml`: jobs that read what was exported, learn the one feature that tells most, and tell that of
 * another export. There is one job of an id.
 */
export class NeptuneMlFront {
  /** Why the next jobs fail, where they are to. */
  failure: string | undefined;
  /** Whether jobs go on until somebody cancels them. */
  isEndless = false;
  readonly jobs = new Map<string, Job>();
  /** What endpoints were asked. */
  readonly queries: InferenceQuery[] = [];
  /** Whether a vertex is in Neptune's own graph. */
  isInGraph: (id: string) => boolean = () => true;

  /** @param store the bucket, whose root is `location` */
  private constructor(
    private readonly store: ObjectStore,
    private readonly location: string,
  ) {}

  static async start(store: ObjectStore, location: string): Promise<NeptuneMlFront & HttpFront> {
    engineUsed('front of Neptune ML');
    const front = new NeptuneMlFront(store, location);
    const sockets = new WebSocketServer({ noServer: true });
    const http = await startHttpFront(
      (request, response) => front.serve(request, response),
      (request, socket, head) =>
        sockets.handleUpgrade(request, socket, head, (client) =>
          client.on('message', (data) => client.send(answerTo(data as Buffer, (query) => front.infer(query)))),
        ),
    );
    return Object.assign(front, http);
  }

  /** The jobs of a kind, in the order of their beginning. */
  idsOf(kind: Kind): string[] {
    return [...this.jobs].filter(([, job]) => job.kind === kind).map(([id]) => id);
  }

  /** What an endpoint says of vertices that are in Neptune's graph: shares of what was told on the side that each is on. */
  private infer(query: InferenceQuery): ToldProperty[] {
    this.queries.push(query);
    const { graph, stump, status, kind } = this.jobs.get(query.endpoint) ?? {};
    if (kind !== 'endpoints' || status !== 'Completed') throw new Error(`no endpoint ${query.endpoint} is in service`);
    if (query.target !== graph!.target) throw new Error(`the model tells ${graph!.target}, and no ${query.target}`);
    return query.ids.flatMap((id) => {
      const cells = graph!.nodes.get(id);
      if (cells === undefined || !this.isInGraph(id)) return [];
      return toldOf(id, sideOf(stump!, cells), query);
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url!, this.location);
    const body = text === '' ? {} : (JSON.parse(text) as Body);
    const answer = await this.answer(request.method!, url.pathname.split('/').slice(2), body);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }

  private async answer(method: string, [kind, id]: readonly string[], body: Body): Promise<StreamAnswer> {
    if (!Object.hasOwn(NEEDED, kind!)) return refusal('BadRequestException', `no path ${kind}`, 404);
    if (method === 'POST') return this.begin(kind as Kind, body);
    const job = this.jobs.get(id!);
    if (job === undefined || job.kind !== kind) return refusal('MLResourceNotFoundException', `no ${kind} ${id}`, 404);
    if (method === 'DELETE') {
      if (kind === 'endpoints') this.jobs.delete(id!);
      if (job.status === 'InProgress') job.status = 'Stopping';
      return ok({ status: '200 OK' });
    }
    if (job.looks > 0) job.looks--;
    else await this.goOn(job);
    return ok(statusOf(id!, job));
  }

  private begin(kind: Kind, body: Body): StreamAnswer {
    const id = String(body['id']);
    if (this.jobs.has(id)) return refusal('PreconditionsFailedException', `${id} exists`);
    const missing = NEEDED[kind].find((name) => typeof body[name] !== 'string');
    if (missing !== undefined) return refusal('MissingParameterException', missing);
    this.jobs.set(id, { kind, body, status: 'InProgress', looks: LOOKS });
    return ok({ id, arn: `arn:aws:neptune:${id}`, creationTimeInMillis: 0 });
  }

  private async goOn(job: Job): Promise<void> {
    if (job.status === 'Stopping') job.status = 'Stopped';
    if (job.status !== 'InProgress' || this.isEndless) return;
    try {
      if (this.failure !== undefined) throw new Error(this.failure);
      await this.work(job);
      job.status = 'Completed';
    } catch (error) {
      Object.assign(job, { status: 'Failed', reason: messageOf(error) });
    }
  }

  private async work(job: Job): Promise<void> {
    const { body } = job;
    if (job.kind === 'dataprocessing') {
      const folder = String(body['inputDataS3Location']).slice(this.location.length + 1);
      job.graph = await readExport(this.store, folder);
      const previous = body['previousDataProcessingJobId'];
      if (previous !== undefined) refuseOtherShape(job.graph, this.ended(previous).graph!);
      return;
    }
    if (job.kind === 'endpoints') {
      const { graph, stump } = this.ended(body['mlModelTransformJobId']);
      return void Object.assign(job, { graph, stump });
    }
    const { graph } = this.ended(body['dataProcessingJobId']);
    const training = body['mlModelTrainingJobId'];
    job.stump = training === undefined ? learnStump(graph!) : this.ended(training).stump!;
    job.graph = graph!;
  }

  private ended(id: unknown): Job {
    const job = this.jobs.get(String(id));
    if (job?.status !== 'Completed') throw new Error(`Client Error: the job ${String(id)} is not completed`);
    return job;
  }
}

const ENDPOINT_STATES = {
  ...{ InProgress: 'Creating', Completed: 'InService', Failed: 'Failed', Stopping: 'Deleting', Stopped: 'Deleted' },
} as const;

function ok(payload: unknown): StreamAnswer {
  return { status: 200, body: JSON.stringify(payload) };
}

function statusOf(id: string, { kind, status, reason }: Job): unknown {
  const step = {
    name: id,
    status,
    ...(reason !== undefined && { failureReason: reason, cloudwatchLogUrl: `log://${id}` }),
  };
  if (kind === 'endpoints') return { id, status: ENDPOINT_STATES[status], endpoint: step };
  const steps = { dataprocessing: 'processingJob', modeltraining: 'hpoJob', modeltransform: 'remoteModelTransformJob' };
  return { id, status, [steps[kind]]: step };
}

/** The likeliest values first, each with its share; of numbers their mean. */
function toldOf(id: string, side: readonly string[], { target, limit, task }: InferenceQuery): ToldProperty[] {
  if (task === 'regression') return [{ id, key: target, value: mean(side.map(Number)) }];
  const share = (value: string) => side.filter((own) => own === value).length / side.length;
  const values = [...new Set(side)].sort((one, other) => share(other) - share(one)).slice(0, limit);
  return values.flatMap((value) => [
    { id, key: target, value },
    { id, key: 'Neptune#ml.score', value: share(value) },
  ]);
}

function refuseOtherShape(graph: ExportedGraph, before: ExportedGraph): void {
  const shapeOf = ({ features, target, task }: ExportedGraph) => JSON.stringify([features, target, task]);
  if (shapeOf(graph) !== shapeOf(before)) throw new Error('the graph has other features than the one before');
}

import type { ReadOptions } from '../../../ports/lake';
import type { PropensitySpec } from '../../../schemas/propensity';
import type { ExportOptions, GraphExports, WantedExport } from './graph-export';
import { digestOf, type GraphModel } from './kept-graph-models';
import type { NeptuneMlEndpoints } from './ml-endpoints';
import type { NeptuneMlJobs } from './ml-jobs';

export interface GraphLearningParts {
  readonly exports: GraphExports;
  readonly jobs: NeptuneMlJobs;
  readonly endpoints: NeptuneMlEndpoints;
  /** Of the objects, as SageMaker names it: `s3://bucket/prefix`. */
  readonly location: string;
  /** What the names of jobs and endpoints begin with: 30 characters at most. */
  readonly name: string;
  /** Of the jobs: another instance is another job. */
  readonly basis: string;
}

type Planned = Omit<GraphModel, 'processing' | 'training'>;
/** A version of a lake, as of a moment in epoch milliseconds. */
export interface Look extends Pick<ReadOptions, 'signal'> {
  readonly asOf: number;
  readonly lakeVersion: number;
  readonly onProgress?: ExportOptions['onProgress'];
}

const DIGITS = 16;

/**
 * From a graph that is exported to an endpoint that answers, by Neptune ML. Everything is named by a digest of what it is made
 * of: whoever asks for the same, or goes on after a crash, finds what there is.
 *
 * All throw as `GraphExports`, `NeptuneMlJobs` and `NeptuneMlEndpoints` do.
 */
export class GraphLearning {
  constructor(private readonly parts: GraphLearningParts) {}

  /** Learns from the graph as it was when the model was to be learned. */
  async learn(spec: PropensitySpec, planned: Planned, look: Look): Promise<GraphModel> {
    const { jobs } = this.parts;
    const digest = this.digest(['learn', spec, planned, look.lakeVersion]);
    const place = await this.export(spec, planned, { asOf: look.asOf, labelsFrom: look.asOf }, digest, look);
    const { signal } = look;
    const input = { input: place, output: `${place}processed/` };
    const processing = await jobs.process(this.nameOf('p', digest), input, signal);
    const output = `${place}model/`;
    const training = await jobs.train(this.nameOf('t', digest), { processing, output }, signal);
    return { ...planned, processing, training };
  }

  /** The endpoint that answers what a model says of a later graph, whether there is one or not. */
  endpointOf(model: GraphModel, look: Look): string {
    return this.nameOf('e', this.lookDigest(model, look));
  }

  /** Has a model look at a later graph, and an endpoint answer what it says; tells the endpoint. */
  async serve(spec: PropensitySpec, model: GraphModel, look: Look): Promise<string> {
    const { jobs, endpoints } = this.parts;
    const digest = this.lookDigest(model, look);
    const { signal, asOf } = look;
    // Nobody learns from these targets; but a graph without any is another graph.
    const moments = { asOf, labelsFrom: asOf - spec.target.within };
    const place = await this.export(spec, model, moments, digest, look);
    const previous = { input: place, output: `${place}processed/`, previous: model.processing };
    const processing = await jobs.process(this.nameOf('p', digest), previous, signal);
    const request = { processing, training: model.training, output: `${place}told/` };
    const transform = await jobs.transform(this.nameOf('x', digest), request, signal);
    const endpoint = this.endpointOf(model, look);
    await endpoints.serve(endpoint, transform, signal);
    return endpoint;
  }

  async remove(endpoint: string): Promise<void> {
    await this.parts.endpoints.remove(endpoint);
  }

  private async export(
    spec: PropensitySpec,
    { plan, shape }: Planned,
    moments: WantedExport['moments'],
    digest: string,
    { lakeVersion, signal, onProgress }: Look,
  ): Promise<string> {
    const folder = `neptune-ml/${spec.name}/${digest}/`;
    const read = { version: lakeVersion, ...(signal && { signal }), ...(onProgress && { onProgress }) };
    await this.parts.exports.write({ spec, plan, shape, moments, folder }, read);
    return `${this.parts.location}/${folder}`;
  }

  private lookDigest({ processing, training }: GraphModel, { asOf, lakeVersion }: Look): string {
    return this.digest(['look', processing, training, asOf, lakeVersion]);
  }

  private digest(made: readonly unknown[]): string {
    return digestOf(JSON.stringify([...made, this.parts.basis]), DIGITS);
  }

  private nameOf(kind: 'p' | 't' | 'x' | 'e', digest: string): string {
    return `${this.parts.name}-${kind}-${digest}`;
  }
}

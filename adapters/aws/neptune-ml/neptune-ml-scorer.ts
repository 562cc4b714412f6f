import { HubError } from '../../../core/errors';
import type { WhichCustomers } from '../../../core/features/history-sql';
import { targetClasses } from '../../../core/propensity/graph/customer-rows';
import { toldOf } from '../../../core/propensity/predict';
import type { Lake } from '../../../ports/lake';
import type {
  AskedModel,
  CustomersAsked,
  ExplainedScore,
  ExplainQuestion,
  ModelScorer,
  ScoredCustomers,
} from '../../../ports/model-scorer';
import { askedInPages } from '../../sql/asked-customers';
import { HistoryReader } from '../../sql/read-histories';
import type { GraphInference } from './graph-inference';
import type { GraphLearning } from './graph-learning';
import { digestOf, type GraphModel, type KeptGraphModels } from './kept-graph-models';
import { askedOf, predictionsOf } from './said-of-customers';
import type { ServedEndpoints } from './served-endpoints';

export interface NeptuneMlScorerParts {
  readonly lake: Lake;
  readonly models: Pick<KeptGraphModels, 'find'>;
  readonly learning: GraphLearning;
  readonly served: ServedEndpoints;
  readonly inference: GraphInference;
}

const DIGITS = 12;
/** Who they are is asked, and no feature of them. */
const NO_FEATURES = { features: [], categories: {} };

/**
 * Asks models that Neptune ML has learned. Such a model looks at a graph as a whole, for an hour, and then answers of all in
 * it: that is done once a scoring, and who asks of one customer is told what the last scoring said.
 */
export class NeptuneMlScorer implements Pick<ModelScorer, 'score' | 'explain'> {
  /** By model, the last scoring that was made ready, or is being: its parts are asked side by side. */
  private readonly ready = new Map<string, { readonly endpoint: string; readonly done: Promise<void> }>();

  constructor(private readonly parts: NeptuneMlScorerParts) {}

  /** Throws also as `GraphLearning` and `GraphInference` do. */
  async score(model: AskedModel, which: CustomersAsked, signal?: AbortSignal): Promise<ScoredCustomers> {
    const kept = await this.load(model, signal);
    const endpoint = await this.serve(model, kept, signal);
    const customers = await this.members(model, which, signal);
    return this.ask(model, kept, endpoint, customers, signal);
  }

  /**
   * What the last scoring said of one customer, without reasons: a graph neural network gives none. Undefined also where the
   * last scoring was by another version.
   *
   * @throws HubError WHAT_IF_IMPOSSIBLE for features as they might be; as `GraphInference` does
   */
  async explain(
    model: AskedModel,
    { customer, instead }: ExplainQuestion,
    signal?: AbortSignal,
  ): Promise<ExplainedScore | undefined> {
    const { name } = model.spec;
    if (instead !== undefined) throw impossible(name);
    const kept = await this.load(model, signal);
    const served = await this.parts.served.of(name, signal);
    if (served?.version !== model.version) return undefined;
    const members = await this.members(model, { customers: [customer] }, signal);
    const { scores, classes } = await this.ask(model, kept, served.endpoint, members, signal);
    if (scores.length === 0) return undefined;
    return { kind: kept.kind, score: scores[0]!, ...(classes && { class: classes[0]! }), reasons: [] };
  }

  private async load({ spec, version }: AskedModel, signal?: AbortSignal): Promise<GraphModel> {
    const kept = await this.parts.models.find(spec.name, version, signal);
    if (kept !== undefined) return kept;
    const message = `${spec.name}: there is no model of the version ${version} that Neptune ML has learned; train it again`;
    throw new HubError('MODEL_MISSING', message);
  }

  private async serve(model: AskedModel, kept: GraphModel, signal?: AbortSignal): Promise<string> {
    const { learning, served } = this.parts;
    const { spec, version, cutOff: asOf, lakeVersion } = model;
    const look = { asOf, lakeVersion, ...(signal && { signal }) };
    const endpoint = learning.endpointOf(kept, look);
    if (this.ready.get(spec.name)?.endpoint !== endpoint) {
      const done = learning
        .serve(spec, kept, look)
        .then(() => served.replace(spec.name, { endpoint, version }, signal));
      this.ready.set(spec.name, { endpoint, done });
      done.catch(() => this.ready.delete(spec.name));
    }
    await this.ready.get(spec.name)!.done;
    return endpoint;
  }

  /** The customers whom the model speaks of. */
  private async members(model: AskedModel, which: WhichCustomers, signal?: AbortSignal): Promise<readonly string[]> {
    const { spec, cutOff, lakeVersion } = model;
    const reader = await HistoryReader.open(this.parts.lake, spec, { version: lakeVersion, ...(signal && { signal }) });
    const found: (readonly string[])[] = [];
    for await (const { customers } of askedInPages(reader, { spec, plan: NO_FEATURES }, which, { cutOff })) {
      found.push(customers);
    }
    return found.flat();
  }

  private async ask(
    { spec }: AskedModel,
    { kind, plan }: GraphModel,
    endpoint: string,
    asked: readonly string[],
    signal?: AbortSignal,
  ): Promise<ScoredCustomers> {
    const names = targetClasses(spec.target);
    const said = await this.parts.inference.ask(askedOf(endpoint, spec), asked, signal);
    const { rows, predicted } = predictionsOf(kind, said, names.length);
    const customers = Array.from(rows, (row) => asked[row]!);
    const features = digestOf(JSON.stringify(plan), DIGITS);
    return { customers, ...toldOf(predicted, customers.length, kind === 'classes' ? names : undefined), features };
  }
}

function impossible(model: string): HubError {
  const message = `instead: ${model} is learned by a graph neural network, which answers of the graph as it is; ask what if of a model with learner: trees`;
  return new HubError('WHAT_IF_IMPOSSIBLE', message, { field: 'instead' });
}

import { createHash } from 'node:crypto';
import { HubError, messageOf } from '../../../core/errors';
import type { FeaturePlan } from '../../../core/features/feature-plan';
import type { ExportShape } from '../../../core/propensity/graph/training-configuration';
import type { ObjectStore } from '../../../ports/object-store';
import { GRAPH_MODEL_FORMAT, GRAPH_MODEL_VERSION, graphModel, type GraphModelFile } from '../../../schemas/graph-model';
import { problemText, problemsOf } from '../../../schemas/issues';

/** A model that Neptune ML has learned, as far as the hub knows it. */
export interface GraphModel extends Omit<GraphModelFile, 'format' | 'version' | 'plan' | 'shape'> {
  readonly plan: FeaturePlan;
  readonly shape: ExportShape;
}

const DIGITS = 12;

/** What a model of Neptune ML is, as objects `models/<name>/<version>/neptune-ml.json`; the model itself is Neptune's. */
export class KeptGraphModels {
  constructor(private readonly objects: ObjectStore) {}

  /**
   * Keeps a model, and tells its version: the day and a digest of all that is kept.
   *
   * @param day up to which all was known that it was learned from, YYYY-MM-DD
   */
  async save(name: string, day: string, model: GraphModel, signal?: AbortSignal): Promise<string> {
    const text = JSON.stringify({ format: GRAPH_MODEL_FORMAT, version: GRAPH_MODEL_VERSION, ...model });
    const version = `${day}-${digestOf(text, DIGITS)}`;
    await this.objects.put(keyOf(name, version), Buffer.from(text), signal);
    return version;
  }

  /**
   * Undefined for a version that Neptune ML has not learned.
   *
   * @throws HubError MODEL_INVALID naming file and field
   */
  async find(name: string, version: string, signal?: AbortSignal): Promise<GraphModel | undefined> {
    const key = keyOf(name, version);
    if ((await this.objects.head(key, signal)) === undefined) return undefined;
    const text = Buffer.from(await this.objects.read(key, signal && { signal })).toString('utf8');
    const { kind, plan, shape, processing, training, learnedAt, rows } = parsed(key, text);
    return { kind, plan: plan as object as FeaturePlan, shape, processing, training, learnedAt, rows };
  }
}

/** Of a text, so many hexadecimal digits of its SHA-256. */
export function digestOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

function parsed(key: string, text: string): GraphModelFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HubError('MODEL_INVALID', `${key}: it is no JSON (${messageOf(error)})`);
  }
  const model = graphModel.safeParse(json, { reportInput: true });
  if (model.success) return model.data;
  throw new HubError('MODEL_INVALID', `${key}: ${problemsOf(model.error).map(problemText).join('; ')}`);
}

function keyOf(name: string, version: string): string {
  return `models/${name}/${version}/neptune-ml.json`;
}

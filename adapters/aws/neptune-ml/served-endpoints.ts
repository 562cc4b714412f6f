import type { ObjectStore } from '../../../ports/object-store';
import type { GraphLearning } from './graph-learning';

/** What answers what the last scoring of a model said. */
export interface ServedEndpoint {
  readonly endpoint: string;
  /** Of the model. */
  readonly version: string;
}

/** Which endpoint answers for each model, as objects `neptune-ml/<model>/endpoint.json`: there is one a model, as each costs by the hour. */
export class ServedEndpoints {
  constructor(
    private readonly objects: ObjectStore,
    private readonly learning: Pick<GraphLearning, 'remove'>,
  ) {}

  async of(model: string, signal?: AbortSignal): Promise<ServedEndpoint | undefined> {
    const key = keyOf(model);
    if ((await this.objects.head(key, signal)) === undefined) return undefined;
    const bytes = await this.objects.read(key, signal && { signal });
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as ServedEndpoint;
  }

  /** Has an endpoint that is in service answer from now on, and removes the one that did. */
  async replace(model: string, next: ServedEndpoint, signal?: AbortSignal): Promise<void> {
    const before = await this.of(model, signal);
    // The note comes last: whoever is cut off between them finds the one before, and removes it again.
    if (before !== undefined && before.endpoint !== next.endpoint) await this.learning.remove(before.endpoint);
    await this.objects.put(keyOf(model), Buffer.from(JSON.stringify(next)), signal);
  }
}

function keyOf(model: string): string {
  return `neptune-ml/${model}/endpoint.json`;
}

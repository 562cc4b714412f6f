import type { KeptModel, LearnedModel, ModelStore } from '../../../ports/model-store';

/** Models of a megabyte or two each; of a model that is asked, one version at a time. */
const MOST_MODELS = 8;

/** Keeps the models that were asked last in memory: a version is never another. */
export class RememberedModels implements ModelStore {
  /** In the order of the last question. */
  private readonly models = new Map<string, Promise<KeptModel>>();

  constructor(private readonly store: ModelStore) {}

  save(name: string, day: string, model: LearnedModel, signal?: AbortSignal): Promise<string> {
    return this.store.save(name, day, model, signal);
  }

  /** Whoever calls off does so for themselves: others may wait for the same. */
  load(name: string, version: string): Promise<KeptModel> {
    const key = `${name}/${version}`;
    const model = this.models.get(key) ?? this.store.load(name, version);
    this.models.delete(key);
    this.models.set(key, model);
    model.catch(() => this.models.delete(key));
    const [oldest] = this.models.keys();
    if (this.models.size > MOST_MODELS) this.models.delete(oldest!);
    return model;
  }
}

import type { AskedModel, ModelScorer } from '../../../ports/model-scorer';
import type { ModelTrainer } from '../../../ports/model-trainer';
import type { ModelWatch } from '../../../ports/model-watch';
import type { KeptGraphModels } from './kept-graph-models';

/** Who learns, asks and watches models of trees, and those of a graph. */
export interface Learners {
  readonly trees: { readonly trainer: ModelTrainer; readonly scorer: ModelScorer; readonly watch: ModelWatch };
  readonly graph: { readonly trainer: ModelTrainer; readonly scorer: Pick<ModelScorer, 'score' | 'explain'> };
  readonly models: Pick<KeptGraphModels, 'find'>;
}

/**
 * A model is learned by what its file names, and asked by what has learned the version that is deployed. One that Neptune ML has
 * learned is not watched: nothing is kept of what it was learned from.
 */
export function byLearner({ trees, graph, models }: Learners): Learners['trees'] {
  const isGraph = async ({ spec, version }: AskedModel, signal?: AbortSignal) =>
    (await models.find(spec.name, version, signal)) !== undefined;
  const scorerOf = async (model: AskedModel, signal?: AbortSignal) =>
    (await isGraph(model, signal)) ? graph.scorer : trees.scorer;
  return {
    trainer: {
      train: (request, options) => (request.spec.learner === 'graph' ? graph : trees).trainer.train(request, options),
    },
    scorer: {
      customers: (lakeVersion, signal) => trees.scorer.customers(lakeVersion, signal),
      score: async (model, which, signal) => (await scorerOf(model, signal)).score(model, which, signal),
      explain: async (model, question, signal) => (await scorerOf(model, signal)).explain(model, question, signal),
    },
    watch: {
      look: async (model, signal) => ((await isGraph(model, signal)) ? undefined : trees.watch.look(model, signal)),
    },
  };
}

import type { ModelDeployment } from '../../../ports/model-deployment';
import type { ModelRegistry, RegisteredModel } from '../../../ports/model-registry';
import type { AskedModel, ModelScorer } from '../../../ports/model-scorer';
import type { ModelTrainer } from '../../../ports/model-trainer';
import type { ModelWatch } from '../../../ports/model-watch';
import type { KeptGraphModels } from './kept-graph-models';

/** Who learns, asks, watches, deploys and registers models of trees, and those of a graph. */
export interface Learners {
  readonly trees: {
    readonly trainer: ModelTrainer;
    readonly scorer: ModelScorer;
    readonly watch: ModelWatch;
    /** Left out where whoever asks answers. */
    readonly deployment?: ModelDeployment;
    readonly registry?: ModelRegistry;
  };
  readonly graph: { readonly trainer: ModelTrainer; readonly scorer: Pick<ModelScorer, 'score' | 'explain'> };
  readonly models: Pick<KeptGraphModels, 'find'>;
}

/**
 * A model is learned by what its file names, and asked by what has learned the version that is deployed. Of one that Neptune ML has
 * learned there is neither an archive, which is what is deployed to an endpoint and registered (each of its scorings makes an endpoint
 * of its own), nor what it was learned from, which is what is watched.
 */
export function byLearner({ trees, graph, models }: Learners): Learners['trees'] {
  const { trainer, scorer, watch, deployment, registry } = trees;
  const isGraph = async ({ model, version }: RegisteredModel, signal?: AbortSignal) =>
    (await models.find(model, version, signal)) !== undefined;
  const isAskedOfGraph = ({ spec, version }: AskedModel, signal?: AbortSignal) =>
    isGraph({ model: spec.name, version }, signal);
  const scorerOf = async (model: AskedModel, signal?: AbortSignal) =>
    (await isAskedOfGraph(model, signal)) ? graph.scorer : scorer;
  return {
    trainer: {
      train: (request, options) => (request.spec.learner === 'graph' ? graph.trainer : trainer).train(request, options),
    },
    scorer: {
      customers: (lakeVersion, signal) => scorer.customers(lakeVersion, signal),
      score: async (model, which, signal) => (await scorerOf(model, signal)).score(model, which, signal),
      explain: async (model, question, signal) => (await scorerOf(model, signal)).explain(model, question, signal),
    },
    watch: {
      look: async (model, signal) => ((await isAskedOfGraph(model, signal)) ? undefined : watch.look(model, signal)),
    },
    ...(deployment && { deployment: deployingTrees(deployment, isGraph) }),
    ...(registry && { registry: registeringTrees(registry, isGraph) }),
  };
}

type IsGraph = (model: RegisteredModel, signal?: AbortSignal) => Promise<boolean>;

function deployingTrees(deployment: ModelDeployment, isGraph: IsGraph): ModelDeployment {
  return {
    deploy: async (model, options) => {
      if (!(await isGraph(model, options?.signal))) await deployment.deploy(model, options);
    },
    close: () => deployment.close(),
  };
}

function registeringTrees(registry: ModelRegistry, isGraph: IsGraph): ModelRegistry {
  return {
    register: async (model, measures, signal) => {
      if (!(await isGraph(model, signal))) await registry.register(model, measures, signal);
    },
    // What was never registered is no error.
    decide: (model, status, reason, signal) => registry.decide(model, status, reason, signal),
    close: () => registry.close(),
  };
}

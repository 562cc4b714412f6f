import { Xgboost } from '../adapters/local/propensity/xgboost';
import type { BinaryMeasures, ClassMeasures, Measures } from '../core/propensity/evaluate';
import { print } from './measure';
import { sampleLake, type LakeWorld } from './sample-lake';
import { learnShippedModel } from './shipped-model';

const WORLD = { customers: 10_000, days: 120, seed: 7, engagement: true };
const MODELS = ['csat', 'fraud', 'personalization'];

/** The models of what is planted in the sample world's engagement, each beside its baselines. */
export async function engagementModels(world: LakeWorld = WORLD): Promise<void> {
  const lake = await sampleLake(world);
  const booster = await Xgboost.start();
  try {
    for (const name of MODELS) {
      const { model, told } = await learnShippedModel(name, { lake, world, booster });
      const { prevalence, linear } = model.baselines;
      const what = `${name} in the sample world, ${world.customers} customers, seed ${world.seed}`;
      const measured = { ...named(model.measures), ...named(linear, 'linear_'), ...named(prevalence, 'prevalence_') };
      print({ bench: 'propensity', what, ...told, ...measured });
    }
  } finally {
    await booster.close();
    await lake.close();
  }
}

/** By the names that gates have for them. */
function named(measures: Measures, prefix = ''): Record<string, number> {
  const kept = {
    ...('auc' in measures ? binary(measures) : {}),
    ...('macroAuc' in measures ? classes(measures) : {}),
    ...('logLoss' in measures ? { 'log-loss': measures.logLoss } : {}),
    ...('rmse' in measures ? { rmse: measures.rmse, mae: measures.mae, r2: measures.r2 } : {}),
  };
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [`${prefix}${name}`, value]));
}

function classes({ macroAuc, macroAucInterval: [from, to] }: ClassMeasures) {
  return { 'macro-auc': macroAuc, 'macro-auc_from': from, 'macro-auc_to': to };
}

function binary({ auc, aucInterval: [from, to], prAuc, ece }: BinaryMeasures) {
  return { auc, auc_from: from, auc_to: to, 'pr-auc': prAuc, ece };
}

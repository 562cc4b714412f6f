import { join } from 'node:path';
import { Xgboost } from '../adapters/local/propensity/xgboost';
import type { BinaryMeasures, Measures } from '../core/propensity/evaluate';
import { print } from './measure';
import { cacheFolder } from './peers';
import { SAMPLE_START, sampleLake } from './sample-lake';
import { learnShippedModel } from './shipped-model';

const WORLD = { customers: 10_000, days: 120, seed: 7, engagement: true };
const DAY = 86_400_000;
const MODELS = ['csat', 'fraud', 'personalization'];

/** The models of what is planted in the sample world's engagement, each beside its baselines. */
export async function engagementModels(): Promise<void> {
  // The last event is later: who has left is offered to come back for days after the world's end, and nothing else happens.
  const asOf = Date.parse(SAMPLE_START) + WORLD.days * DAY;
  const lake = await sampleLake(join(cacheFolder, `sample-engagement-${WORLD.customers}`), WORLD);
  const booster = await Xgboost.start();
  try {
    for (const name of MODELS) {
      const { model, told } = await learnShippedModel(name, { lake, asOf, booster });
      const { prevalence, linear } = model.baselines;
      const what = `${name} in the sample world, ${WORLD.customers} customers`;
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
    ...('macroAuc' in measures ? { 'macro-auc': measures.macroAuc } : {}),
    ...('logLoss' in measures ? { 'log-loss': measures.logLoss } : {}),
    ...('rmse' in measures ? { rmse: measures.rmse, mae: measures.mae, r2: measures.r2 } : {}),
  };
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [`${prefix}${name}`, value]));
}

function binary({ auc, aucInterval: [from, to], prAuc, ece }: BinaryMeasures) {
  return { auc, auc_from: from, auc_to: to, 'pr-auc': prAuc, ece };
}

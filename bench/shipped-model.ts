import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { trainingOf } from '../adapters/sql/hub-training';
import { readPropensityTables, type PropensityTables } from '../adapters/sql/propensity-tables';
import { learnAndTest, type TestedModel } from '../core/propensity/held-out';
import type { Lake } from '../ports/lake';
import type { TreeBooster } from '../ports/tree-booster';
import { propensitySpec } from '../schemas/propensity';
import { projectFolder } from './peers';
import { endOf, type LakeWorld } from './sample-lake';

const THREADS = 2;

/** A model of `config/models/`, learned from the lake of a sample world. */
export interface ShippedModel {
  readonly tables: PropensityTables;
  readonly model: TestedModel;
  /** What it is learned from, and how long it took: as they are printed. */
  readonly told: Readonly<Record<'rows' | 'tested' | 'features' | 'read_s' | 'learn_s' | 'warnings', number>>;
}

/** Learns a model from the lake of a sample world, as of that world's end. */
export async function learnShippedModel(
  name: string,
  { lake, world, booster }: { readonly lake: Lake; readonly world: LakeWorld; readonly booster: TreeBooster },
): Promise<ShippedModel> {
  const file = join(projectFolder, 'config', 'models', `${name}.yaml`);
  const spec = propensitySpec.parse(parse(await readFile(file, 'utf8')));
  const read = performance.now();
  const tables = await readPropensityTables(lake, spec, { asOf: endOf(world) });
  const learned = performance.now();
  const { warnings, ...model } = await learnAndTest(tables, trainingOf(spec, THREADS), { booster });
  const told = {
    rows: tables.train.rows,
    tested: tables.test.rows,
    features: tables.train.features.length,
    read_s: (learned - read) / 1_000,
    learn_s: (performance.now() - learned) / 1_000,
    warnings: warnings.length,
  };
  return { tables, model, told };
}

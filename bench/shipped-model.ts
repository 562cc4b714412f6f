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

const THREADS = 2;

/** A model of `config/models/`, learned from a lake. */
export interface ShippedModel {
  readonly tables: PropensityTables;
  readonly model: TestedModel;
  /** What it is learned from, and how long it took: as they are printed. */
  readonly told: Readonly<Record<'rows' | 'tested' | 'features' | 'read_s' | 'learn_s' | 'warnings', number>>;
}

/** @param asOf epoch milliseconds up to which everything that happened is known */
export async function learnShippedModel(
  name: string,
  { lake, asOf, booster }: { readonly lake: Lake; readonly asOf: number; readonly booster: TreeBooster },
): Promise<ShippedModel> {
  const file = join(projectFolder, 'config', 'models', `${name}.yaml`);
  const spec = propensitySpec.parse(parse(await readFile(file, 'utf8')));
  const read = performance.now();
  const tables = await readPropensityTables(lake, spec, { asOf });
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

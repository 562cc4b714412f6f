import type { TrainingSpec } from '../../schemas/training';
import { HubError } from '../errors';
import { letOthersRun } from '../parallel/let-others-run';
import { checkShape } from './check-shape';
import { rowsOf, type FeatureColumn, type LabelledTable } from './feature-table';
import { areaByRanks, midranks } from './measures';

/** Fewer cannot be parted into folds that tell anything. */
const LEAST_ROWS = 100;
const LEAST_OF_A_CLASS = 20;
/** Rows that are looked at for features that know the target. */
const ROWS_LOOKED_AT = 20_000;
/** What tells hits from misses so well alone is the target by another name. */
const KNOWS = 0.999;
/** What tells them so well alone may know what comes later. */
const TOO_WELL = 0.95;
const NAMED = 5;
/** Errors are squared in numbers of 32 bits, which end at 3.4e38. */
const MOST_SCORE = 1e18;

type Checked = Pick<TrainingSpec, 'kind' | 'target' | 'classes'>;

/**
 * Refuses what no model should be learned from; what a person should know is told as warnings.
 *
 * @throws HubError those of `checkShape`; TOO_FEW_ROWS, LABEL_INVALID, ONE_CLASS_ONLY, TOO_FEW_OF_A_CLASS, NO_FEATURES, TARGET_IN_FEATURES
 */
export async function checkTable(table: LabelledTable, spec: Checked): Promise<string[]> {
  const { target, kind } = spec;
  if (table.rows < LEAST_ROWS) {
    refuse(
      'TOO_FEW_ROWS',
      `${table.rows} rows with a ${target}: at least ${LEAST_ROWS} are needed to learn from, and test with`,
    );
  }
  checkShape(table);
  checkLabels(table, spec);
  if (table.features.length === 0) refuse('NO_FEATURES', `there is no feature to tell ${target} by`);
  refuseNamesake(table, target);
  const told = kind === 'score' ? [] : await tellingAlone(table);
  const knowing = told.filter(({ auc }) => auc >= KNOWS).map(({ name }) => name);
  if (knowing.length > 0) {
    refuse(
      'TARGET_IN_FEATURES',
      `${named(knowing)} alone tell${knowing.length === 1 ? 's' : ''} ${target} as good as always: it is the target by another name, or known only afterwards; leave it out`,
    );
  }
  return [
    ...told.filter(({ auc }) => auc >= TOO_WELL).map(tooWell),
    ...infinite(table).map((name) => `${name} has infinite values, which are taken for missing ones`),
  ];
}

function checkLabels({ labels }: LabelledTable, { kind, target, classes }: Checked): void {
  if (kind === 'score') {
    if (!labels.every(Number.isFinite))
      refuse('LABEL_INVALID', `${target} is no number in some row: leave such rows out`);
    const huge = labels.find((label) => Math.abs(label) > MOST_SCORE);
    if (huge !== undefined) {
      const message = `${target} is ${huge.toPrecision(3)} in some row: squares of what is beyond ${MOST_SCORE.toExponential()} are no numbers any more; leave such rows out, or tell it in a larger unit`;
      refuse('LABEL_INVALID', message);
    }
    if (labels.every((label) => label === labels[0]))
      refuse('ONE_CLASS_ONLY', `${target} is ${labels[0]} in all rows: there is nothing to learn`);
    return;
  }
  const names = classes ?? ['no', 'yes'];
  const counts = new Array<number>(names.length).fill(0);
  for (const label of labels) {
    if (counts[label] === undefined)
      refuse('LABEL_INVALID', `${target} is ${label} in some row, and there are ${names.length} classes, from 0 on`);
    counts[label]!++;
  }
  const seen = names.filter((_, label) => counts[label]! > 0);
  if (seen.length < 2)
    refuse('ONE_CLASS_ONLY', `${target} is "${seen[0]}" in all ${labels.length} rows: there is nothing to tell apart`);
  const rare = names.findIndex((_, label) => counts[label]! < LEAST_OF_A_CLASS);
  if (rare >= 0) {
    refuse(
      'TOO_FEW_OF_A_CLASS',
      `${target} is "${names[rare]}" in ${counts[rare]} of ${labels.length} rows: at least ${LEAST_OF_A_CLASS} are needed`,
    );
  }
}

function refuseNamesake({ features }: LabelledTable, target: string): void {
  const namesake = features.find(({ name }) => name.toLowerCase() === target.toLowerCase());
  if (namesake !== undefined)
    refuse('TARGET_IN_FEATURES', `${namesake.name} is what is to be told, and among the features; leave it out`);
}

interface TellingFeature {
  readonly name: string;
  /** How well it alone tells a class from the others, in either direction: from 0.5 on. */
  readonly auc: number;
}

/** Of hundreds of features it takes seconds, in which nothing else would be done. */
async function tellingAlone(table: LabelledTable): Promise<TellingFeature[]> {
  const step = Math.max(1, Math.floor(table.rows / ROWS_LOOKED_AT));
  const some = rowsOf(
    table,
    Int32Array.from({ length: Math.floor(table.rows / step) }, (_, index) => index * step),
  );
  const classes = new Set(some.labels).size;
  const targets = Array.from({ length: classes === 2 ? 1 : classes }, (_, own) =>
    some.labels.map((label) => (label === (classes === 2 ? 1 : own) ? 1 : 0)),
  );
  const told: TellingFeature[] = [];
  for (const feature of some.features) {
    told.push({ name: feature.name, auc: Math.max(...areasOf(feature, targets)) });
    await letOthersRun();
  }
  return told;
}

/** Missing values are lowest; of categories each is as high as its share of hits, as long as they are not as good as names of rows. */
function areasOf(feature: FeatureColumn, targets: readonly Float32Array[]): number[] {
  if (feature.kind === 'category') {
    return targets.map((labels) => eitherWay(areaByRanks(labels, midranks(sharesOfHits(feature, labels)))));
  }
  const ranks = midranks(lowestWhereMissing(feature.values));
  return targets.map((labels) => eitherWay(areaByRanks(labels, ranks)));
}

function eitherWay(auc: number): number {
  return Number.isNaN(auc) ? 0.5 : Math.max(auc, 1 - auc);
}

function lowestWhereMissing(values: Float32Array | Float64Array): Float64Array {
  return Float64Array.from(values, (value) => (Number.isNaN(value) ? -Infinity : value));
}

function sharesOfHits(
  { codes, categories }: Extract<FeatureColumn, { kind: 'category' }>,
  labels: Float32Array,
): Float64Array {
  const [hits, rows] = [new Float64Array(categories.length + 1), new Float64Array(categories.length + 1)];
  codes.forEach((code, row) => {
    hits[code + 1]! += labels[row]!;
    rows[code + 1]!++;
  });
  const isRare = (code: number) => rows[code + 1]! < LEAST_OF_A_CLASS;
  return Float64Array.from(codes, (code) => (isRare(code) ? 0.5 : hits[code + 1]! / rows[code + 1]!));
}

function tooWell({ name, auc }: TellingFeature): string {
  return `${name} alone has an AUC of ${auc.toFixed(3)}: make sure that it was known before what is to be told`;
}

function infinite({ features }: LabelledTable): string[] {
  const isInfinite = (value: number) => Math.abs(value) === Infinity;
  return features
    .filter((feature) => feature.kind === 'number' && feature.values.some(isInfinite))
    .map(({ name }) => name);
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function refuse(code: string, message: string): never {
  throw new HubError(code, message, { field: 'features' });
}

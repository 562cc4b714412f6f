import { HubError } from '../../../core/errors';
import { kindOf } from '../../../core/features/targets';
import { linearBaseline, prevalenceBaseline } from '../../../core/propensity/baselines';
import { checkTable } from '../../../core/propensity/check-table';
import { planEncoding, type Encoding } from '../../../core/propensity/encoding';
import { measure, type Measures } from '../../../core/propensity/evaluate';
import { rowsOf, type LabelledTable } from '../../../core/propensity/feature-table';
import { judge, metricOf } from '../../../core/propensity/gate';
import { targetClasses } from '../../../core/propensity/graph/customer-rows';
import type { ExportShape } from '../../../core/propensity/graph/training-configuration';
import { segmentMeasures } from '../../../core/propensity/segments';
import type { Lake } from '../../../ports/lake';
import type { ModelTrainer, TrainingOptions, TrainingReport, TrainingRequest } from '../../../ports/model-trainer';
import type { TreeBooster } from '../../../ports/tree-booster';
import type { PropensitySpec } from '../../../schemas/propensity';
import type { TrainingSpec } from '../../../schemas/training';
import { refuseUntested, trainingOf } from '../../sql/hub-training';
import { readPropensityTables, type PropensityTables } from '../../sql/propensity-tables';
import type { GraphExports } from './graph-export';
import type { GraphInference } from './graph-inference';
import type { GraphLearning, Look } from './graph-learning';
import type { GraphModel, KeptGraphModels } from './kept-graph-models';
import { askedOf, predictionsOf } from './said-of-customers';

export interface NeptuneMlTrainerParts {
  readonly lake: Lake;
  readonly models: KeptGraphModels;
  readonly exports: Pick<GraphExports, 'tiesBefore'>;
  readonly learning: GraphLearning;
  readonly inference: GraphInference;
  /** What learns the linear model that the graph's is compared with. */
  readonly startBooster: () => Promise<TreeBooster>;
  readonly threads: number;
}

/** What a model is tested with. */
interface Test {
  readonly table: LabelledTable;
  readonly customers: readonly string[];
  readonly look: Look;
  readonly training: TrainingSpec;
}

/** Predictions of those tested customers whom an endpoint knows. */
interface Told {
  readonly table: LabelledTable;
  readonly rows: Int32Array;
  readonly predicted: Float32Array;
}

/**
 * Learns graph neural networks by Neptune ML, from a lake. There is one graph for all rows, so customers are looked at once: as
 * of the newest cut-off that may be learned from, and, of others, as of the newest whose horizon has passed. What is tested
 * was not told what became of it, in either graph.
 */
export class NeptuneMlTrainer implements ModelTrainer {
  constructor(private readonly parts: NeptuneMlTrainerParts) {}

  /** Throws also `NOTHING_SHARED`, and as `GraphLearning` and `GraphInference` do. */
  async train(request: TrainingRequest, options: TrainingOptions = {}): Promise<TrainingReport> {
    const { asOf, lakeVersion } = request;
    const { signal, onProgress } = options;
    const spec = atOneMoment(request.spec);
    const kind = kindOf(spec.target);
    metricOf(spec, kind);
    const tables = await readPropensityTables(this.parts.lake, spec, {
      asOf,
      version: lakeVersion,
      ...(signal && { signal }),
      onProgress: (done, total) => onProgress?.('read', done, total),
    });
    const { train, test, plan, cutOffs } = tables;
    refuseUntested(test.rows, spec.name);
    const training = trainingOf(spec, this.parts.threads);
    const warnings = await checkTable(train, training);
    onProgress?.('learn', 0, 1);
    const encoding = planEncoding(train, training.mostCategories);
    const learnedAt = cutOffs.train.at(-1)!;
    const shape = await this.shapeOf(spec, tables, encoding, learnedAt, request, signal);
    const look = { lakeVersion, ...(signal && { signal }) };
    const planned = { kind, plan, shape, learnedAt, rows: train.rows };
    const model = await this.parts.learning.learn(spec, planned, { ...look, asOf: learnedAt });
    const tested = { table: test, customers: tables.customers.test, look: { ...look, asOf: cutOffs.test.at(-1)! } };
    const told = await this.test(spec, model, { ...tested, training });
    const own = (predicted: Float32Array) => measure(training, told.table.labels, predicted, told.table.groups);
    const measures = own(told.predicted);
    const champion = await this.championOn(told, spec, { ...tested, training }, request.champion);
    const day = new Date(asOf).toISOString().slice(0, 10);
    const version = await this.parts.models.save(spec.name, day, model, signal);
    return {
      version,
      cutOffs,
      features: shape.columns.length,
      rows: { train: train.rows, test: told.table.rows },
      measures,
      baselines: {
        prevalence: own(prevalenceBaseline(train, told.table.rows, training)),
        linear: own(await this.linear({ train, test: told.table }, encoding, training, signal)),
      },
      ...(champion.measures && { champion: { version: request.champion!, measures: champion.measures } }),
      segments: segmentMeasures(told.table, told.predicted, training),
      judgement: judge(spec, kind, measures, champion.measures),
      warnings: [...champion.warnings, ...warnings, ...unknownOf(test.rows - told.table.rows, test.rows)],
    };
  }

  private async shapeOf(
    spec: PropensitySpec,
    { train }: PropensityTables,
    { leftOut }: Encoding,
    learnedAt: number,
    { lakeVersion }: TrainingRequest,
    signal: AbortSignal | undefined,
  ): Promise<ExportShape> {
    const read = { version: lakeVersion, ...(signal && { signal }) };
    const ties = await this.parts.exports.tiesBefore(learnedAt, read);
    if (ties.length === 0) throw nothingShared(spec.name);
    const columns = train.features.flatMap(({ name, kind }, index) =>
      leftOut.includes(name) ? [] : [{ feature: name, column: `f${index}`, kind }],
    );
    const task = kindOf(spec.target) === 'score' ? 'regression' : 'classification';
    return { columns, target: spec.name, task, ties };
  }

  private async test(spec: PropensitySpec, model: GraphModel, test: Test): Promise<Told> {
    const { learning, inference } = this.parts;
    const endpoint = await learning.serve(spec, model, test.look);
    try {
      const said = await inference.ask(askedOf(endpoint, spec), test.customers, test.look.signal);
      const { rows, predicted } = predictionsOf(model.kind, said, targetClasses(spec.target).length);
      if (rows.length === 0) throw nobodyKnown(endpoint);
      return { table: rowsOf(test.table, rows), rows, predicted };
    } finally {
      // It costs by the hour; whoever scores by the model makes another.
      await learning.remove(endpoint);
    }
  }

  /** One that cannot be asked any more is no reason not to train another. */
  private async championOn(
    { rows }: Told,
    spec: PropensitySpec,
    test: Test,
    version: string | undefined,
  ): Promise<{ readonly measures?: Measures; readonly warnings: readonly string[] }> {
    if (version === undefined) return { warnings: [] };
    const without = (why: string) => ({ warnings: [`not compared with the deployed model ${version}: ${why}`] });
    const champion = await this.parts.models.find(spec.name, version, test.look.signal);
    if (champion === undefined) return without('Neptune ML has not learned it');
    if (champion.kind !== kindOf(spec.target)) return without('it predicts another kind of target');
    const told = await this.test(spec, champion, test);
    if (told.rows.length !== rows.length) return without('it does not know all customers that the new one knows');
    return { measures: measure(test.training, told.table.labels, told.predicted, told.table.groups), warnings: [] };
  }

  private async linear(
    tables: Parameters<typeof linearBaseline>[0],
    encoding: Encoding,
    training: TrainingSpec,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const booster = await this.parts.startBooster();
    try {
      return await linearBaseline(tables, encoding, training, booster, signal);
    } finally {
      await booster.close();
    }
  }
}

function atOneMoment(spec: PropensitySpec): PropensitySpec {
  return { ...spec, cutOffs: { ...spec.cutOffs, train: 1, test: 1 } };
}

function unknownOf(unknown: number, tested: number): string[] {
  return unknown === 0 ? [] : [`${unknown} of ${tested} tested customers are not known to the endpoint, and left out`];
}

function nothingShared(model: string): HubError {
  const message = `${model}: learner: no two customers share an address, a phone number or an account, so there is no graph to learn from; set learner: trees`;
  return new HubError('NOTHING_SHARED', message, { field: 'learner' });
}

function nobodyKnown(endpoint: string): HubError {
  const message = `the endpoint ${endpoint} of Neptune ML knows none of the customers who are tested with: see that the graph in Neptune has the lake's customers (hub run nightly)`;
  return new HubError('ML_NOBODY_KNOWN', message);
}

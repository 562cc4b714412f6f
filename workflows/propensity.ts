import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineQuery,
  defineUpdate,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  patched,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { failureMessage } from '../core/errors';
import { trainingOf } from '../core/propensity/training-of';
import { waitingStages } from '../core/progress/stages';
import type { TrainingPlan } from '../activities/propensity-models';
import type { ScoringPlan } from '../activities/propensity-scoring';
import type { Asked } from '../activities/questions';
import type { TrainingReport } from '../ports/model-trainer';
import type {
  DecisionTaken,
  ModelDecision,
  ModelStatus,
  PropensityModelList,
  RollBackInput,
  TrainPropensityInput,
} from '../schemas/propensity-training';
import type {
  CustomerPropensities,
  CustomerPropensitiesQuestion,
  ScorePropensityInput,
  WhatIfAnswer,
  WhatIfQuestion,
} from '../schemas/propensity-scores';
import { analytics, io, propensityQuestions, quick } from './activities';
import { report } from './report';
import { searchAttributes } from './search-attributes';
import { trackStages } from './track-stages';

/** What somebody says of the model that waits for it; answered when that is kept. */
export const decideUpdate = defineUpdate<DecisionTaken, [ModelDecision]>('decide');
/** The version that waits to be decided of; null while none does. */
export const waitingQuery = defineQuery<string | null>('waiting');

export interface TrainPropensityResult extends DecisionTaken {
  readonly reason: string;
  readonly measures: TrainingReport['measures'];
  readonly warnings: readonly string[];
}

/** What becomes of a model, and why. */
interface Outcome {
  readonly status: ModelStatus;
  readonly reason: string;
  readonly author?: string;
}

const NEVER_COUNTED = () => 0;

/**
 * Trains a model of what is likely to happen, tests it with a later period and other customers, and holds it against its gate
 * and the deployed model on the same rows. What passes is deployed when somebody says so, by the update `decide`; where nobody
 * does in time, nothing changes.
 */
export async function trainPropensity(input: TrainPropensityInput): Promise<TrainPropensityResult> {
  const { startTime } = workflowInfo();
  const decision = openDecision();
  const stages = trackStages(waitingStages({ plan: '', train: 'rows', decide: '' }));
  upsertSearchAttributes(searchAttributes('propensity'));
  const plan = await stages.run('plan', () => quick.planTraining({ input, startedAt: startTime.getTime() }), {
    done: NEVER_COUNTED,
    detail: ({ asOf }) => [`as of ${new Date(asOf).toISOString().slice(0, 16)}`, input.because ?? []].flat().join(': '),
  });
  const { name: model } = plan.spec;
  const trained = await stages.run('train', () => analytics.trainModel(plan), {
    done: ({ rows }) => rows.train + rows.test,
    detail: ({ version, judgement: { metric, challenger } }) => `${version}: ${metric} ${challenger.toFixed(4)}`,
  });
  const { version, measures, warnings } = trained;
  await quick.recordModel({ model, version, status: 'trained', at: Date.now(), report: trained });
  const outcome = await stages.run(
    'decide',
    async () => {
      const decided = await served(await decide(plan, trained, decision), { model, version });
      await quick.recordModel({ model, version, at: Date.now(), ...decided });
      return decided;
    },
    { done: NEVER_COUNTED, detail: ({ status, reason }) => `${status}: ${reason}` },
  );
  decision.settle({ model, version, status: outcome.status });
  await condition(allHandlersFinished);
  return { model, version, status: outcome.status, reason: outcome.reason, measures, warnings };
}

/** The gate decides first; what passes it, whoever is to say yes or no. */
async function decide(
  { approvalWithin, champion }: TrainingPlan,
  { version, judgement }: TrainingReport,
  decision: Decision,
): Promise<Outcome> {
  if (version === champion) return { status: 'deployed', reason: 'it is the deployed model already', author: 'gate' };
  const reason = judgement.reasons.join('; ') || 'the gate asks for nothing';
  if (!judgement.passes) return { status: 'refused', reason };
  if (approvalWithin === undefined) return { status: 'deployed', reason, author: 'gate' };
  const said = await decision.wait(version, approvalWithin);
  if (said === undefined) return { status: 'expired', reason: 'nobody said yes or no in time' };
  return { status: said.approve ? 'deployed' : 'rejected', reason: said.reason, author: said.author };
}

/** What cannot be made to answer is not deployed, whoever has said yes; what answered before goes on. */
async function served(
  outcome: Outcome,
  trained: { readonly model: string; readonly version: string },
): Promise<Outcome> {
  if (outcome.status !== 'deployed' || !patched('deployment')) return outcome;
  try {
    await io.deployModel(trained);
    return outcome;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { status: 'refused', reason: `it could not be deployed: ${failureMessage(error)}` };
  }
}

type Decision = ReturnType<typeof openDecision>;

/** Takes one decision, while it is waited for, and tells whoever took it when it is kept. */
function openDecision() {
  let waiting: string | null = null;
  let said: ModelDecision | undefined;
  let settled: DecisionTaken | undefined;
  setHandler(waitingQuery, () => waiting);
  setHandler(
    decideUpdate,
    async ({ approve, author, reason }) => {
      said = { approve, author: author.trim(), reason: reason.trim() };
      waiting = null;
      await condition(() => settled !== undefined);
      return settled!;
    },
    {
      validator: (decision) => {
        if (waiting === null) throw refused('no model waits to be decided of', 'NOTHING_WAITS');
        checkDecision(decision);
      },
    },
  );
  return {
    async wait(version: string, within: number): Promise<ModelDecision | undefined> {
      waiting = version;
      await condition(() => said !== undefined, within);
      waiting = null;
      return said;
    },
    settle(taken: DecisionTaken): void {
      settled = taken;
    },
  };
}

/** As schemas/propensity-training.ts has it, for whoever sends it from the Temporal UI. */
function checkDecision(decision: Partial<ModelDecision> | undefined): void {
  if (typeof decision?.approve !== 'boolean') throw refused('approve: expected true or false', 'INPUT_INVALID');
  for (const field of ['author', 'reason'] as const) {
    const text: unknown = decision[field];
    if (typeof text !== 'string' || text.trim() === '') throw refused(`${field}: expected some text`, 'INPUT_INVALID');
  }
}

function refused(message: string, code: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}

/** Has a model go back to a version that answered before, as somebody says; scores are those of that version from the next scoring on. */
export async function rollBackPropensity(input: RollBackInput): Promise<DecisionTaken> {
  upsertSearchAttributes(searchAttributes('propensity'));
  const { version } = patched('deployment') ? await deployFormer(input) : input;
  const taken = await quick.rollBackModel({ input: { ...input, ...(version && { version }) }, at: Date.now() });
  report(`${taken.model} goes back to ${taken.version}: ${input.author}: ${input.reason}`);
  return taken;
}

async function deployFormer(input: RollBackInput): Promise<Pick<RollBackInput, 'version'>> {
  const former = await quick.planRollBack(input);
  await io.deployModel(former);
  return former;
}

/** What came of scoring all customers by one model. */
export interface ScoredModel {
  readonly model: string;
  readonly version: string;
  /** Customers whom the model speaks of. */
  readonly customers: number;
  /** What was found of it, in words. */
  readonly findings?: readonly string[];
  /** The workflow that trains it anew, as it no longer fits. */
  readonly training?: string;
}

export interface ScorePropensityResult {
  readonly scored: readonly ScoredModel[];
  /** Models of which not everybody was scored, with why; what they said before stays. */
  readonly failed: readonly { readonly model: string; readonly reason: string }[];
}

/** As schemas/propensity-training.ts has it. */
const MOST_REASON = 2_000;
/** Parts of one model that are scored at a time. */
const PARTS_AT_A_TIME = 2;

/**
 * Asks every deployed model of all customers. A part that is cut off is done again, and kept once; a model that cannot be asked
 * leaves the others, and a night, alone.
 */
export async function scorePropensity(input: ScorePropensityInput = {}): Promise<ScorePropensityResult> {
  const { startTime, parent } = workflowInfo();
  if (parent === undefined) upsertSearchAttributes(searchAttributes('propensity'));
  const stages = trackStages(waitingStages({ plan: '', score: 'customers' }));
  const plans = await stages.run('plan', () => analytics.planScoring({ input, startedAt: startTime.getTime() }), {
    done: NEVER_COUNTED,
    detail: (planned) => planned.map(({ model, version }) => `${model} ${version}`).join(', ') || 'nothing is deployed',
  });
  const result = await stages.run('score', () => scoreEach(plans), { done: countScored, detail: describeScoring });
  if (parent !== undefined || result.failed.length === 0) return result;
  throw ApplicationFailure.nonRetryable(describeScoring(result), 'MODELS_FAILED');
}

/** Customers whom any model was asked of. */
export function countScored({ scored }: ScorePropensityResult): number {
  return scored.reduce((sum, { customers }) => sum + customers, 0);
}

/** In one line: what was asked, and what could not be. */
export function describeScoring({ scored, failed }: ScorePropensityResult): string {
  const told = [
    ...scored.map(({ model, version, customers, findings = [], training }) =>
      [`${model} ${version}: ${customers}`, ...findings, ...(training === undefined ? [] : ['trained anew'])].join(
        ', ',
      ),
    ),
    ...failed.map(({ model, reason }) => `${model} failed: ${reason}`),
  ];
  return told.join('; ') || 'no model is deployed';
}

async function scoreEach(plans: readonly ScoringPlan[]): Promise<ScorePropensityResult> {
  const scored: ScoredModel[] = [];
  const failed: { model: string; reason: string }[] = [];
  for (const plan of plans) {
    try {
      const whole = await scoreWhole(plan);
      if (!patched('watch')) scored.push(whole);
      else {
        await io.tellScores(plan);
        scored.push({ ...whole, ...(await watch(plan)) });
      }
    } catch (error) {
      if (isCancellation(error)) throw error;
      failed.push({ model: plan.model, reason: failureMessage(error) });
    }
  }
  return { scored, failed };
}

async function scoreWhole(plan: ScoringPlan): Promise<ScoredModel> {
  let [next, customers] = [0, 0];
  const scoreParts = async () => {
    while (next < plan.parts) {
      const own = await analytics.scorePart({ plan, part: next++ });
      customers += own.customers;
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_A_TIME }, scoreParts));
  await analytics.finishScoring(plan);
  return { model: plan.model, version: plan.version, customers };
}

/** Looks whether a model still fits, and has it trained anew where it does not; that it cannot be looked at takes nothing from its scores. */
async function watch(plan: ScoringPlan): Promise<Pick<ScoredModel, 'findings' | 'training'>> {
  try {
    const { findings, because } = await analytics.watchModel(plan);
    const told = { findings: findings.map(({ says }) => says) };
    if (because === undefined) return told;
    return { ...told, training: await trainAnew(plan.model, because) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { findings: [`it could not be watched: ${failureMessage(error)}`] };
  }
}

/** A training that goes on already, or waits to be decided of, is not begun again. */
async function trainAnew(model: string, because: string): Promise<string> {
  const workflowId = trainingOf(model);
  try {
    await startChild(trainPropensity, {
      workflowId,
      args: [{ model, because: because.slice(0, MOST_REASON) }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
}

/** What is likely to happen to a customer, and why. */
export async function customerPropensities(asked: Asked<CustomerPropensitiesQuestion>): Promise<CustomerPropensities> {
  return propensityQuestions.customerPropensities(asked);
}

/** What would be likely, were some things otherwise. */
export async function propensityWhatIf(
  asked: Asked<WhatIfQuestion & { readonly model: string }>,
): Promise<WhatIfAnswer> {
  return propensityQuestions.whatIf(asked);
}

/** All models with what became of their versions. */
export async function propensityModels(asked: Asked<unknown>): Promise<PropensityModelList> {
  return quick.listModels(asked);
}

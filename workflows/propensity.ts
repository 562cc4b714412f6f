import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  patched,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { failureMessage } from '../core/errors';
import { trainingOf } from '../core/propensity/training-of';
import { waitingStages } from '../core/progress/stages';
import type { ScoringPlan } from '../activities/propensity-scoring';
import type { Asked } from '../activities/questions';
import type {
  CustomerPropensities,
  CustomerPropensitiesQuestion,
  ScorePropensityInput,
  WhatIfAnswer,
  WhatIfQuestion,
} from '../schemas/propensity-scores';
import { analytics, io, propensityQuestions } from './activities';
import { trainPropensity } from './propensity-training';
import { searchAttributes } from './search-attributes';
import { NEVER_COUNTED, trackStages } from './track-stages';

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

import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  patched,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { failureMessage } from '../core/errors';
import { waitingStages } from '../core/progress/stages';
import type { TrainingPlan } from '../activities/propensity-models';
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
import { analytics, io, quick } from './activities';
import { report } from './report';
import { searchAttributes } from './search-attributes';
import { NEVER_COUNTED, trackStages } from './track-stages';

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

/** All models with what became of their versions. */
export async function propensityModels(asked: Asked<unknown>): Promise<PropensityModelList> {
  return quick.listModels(asked);
}

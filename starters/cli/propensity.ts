import type { Command } from 'commander';
import type { CustomerPropensities } from '../../schemas/propensity-scores';
import type { DecisionTaken, LastTraining, PropensityModelList } from '../../schemas/propensity-training';
import { callHub } from './ask-hub';
import { runningApi } from './connection';
import { printAnswer, withRunningHub } from './running-hub';

const MODELS = '/v1/propensity-models';

interface HubOptions {
  readonly hub?: string;
  readonly json?: boolean;
}

interface Said {
  readonly author: string;
  readonly reason: string;
}

/** `hub propensity …`: a running hub's models of what is likely to happen. */
export function propensityCommand(program: Command): void {
  const propensity = program
    .command('propensity')
    .description("a running hub's models of what is likely to happen: train them, and say which may answer");
  asking(propensity.command('list'))
    .description('the models, which version of each is deployed, and what became of the others')
    .action(async (options: HubOptions) => {
      const api = await runningApi(options.hub);
      const { models } = await callHub<PropensityModelList>(api, MODELS);
      const trainings = await Promise.all(
        models.map(({ model }) => callHub<LastTraining>(api, `${MODELS}/${encodeURIComponent(model)}/training`)),
      );
      const list = { models: models.map((model, index) => ({ ...model, training: trainings[index]! })) };
      printAnswer(options, list, listLines(list));
    });
  asking(propensity.command('train'))
    .description('begin to train a model; it goes on as a workflow, which the Temporal UI shows')
    .argument('<model>', 'the name of a file in models/')
    .option('--as-of <date>', 'take only what happened before this day as known, YYYY-MM-DD (default: all)')
    .action(async (model: string, { asOf, ...options }: HubOptions & { readonly asOf?: string }) => {
      const body = asOf === undefined ? {} : { asOf };
      const started = await callHub<{ workflowId: string }>(
        await runningApi(options.hub),
        `${MODELS}/${encodeURIComponent(model)}/trainings`,
        body,
      );
      printAnswer(options, started, [`training ${model} as the workflow ${started.workflowId}`]);
    });
  asking(propensity.command('of'))
    .description('what is likely to happen to a customer, and why')
    .argument('<customer>', "the hub's id of the customer")
    .action(async (customer: string, options: HubOptions) => {
      const path = `/v1/customers/${encodeURIComponent(customer)}/propensities`;
      const answer = await callHub<CustomerPropensities>(await runningApi(options.hub), path);
      printAnswer(
        options,
        answer,
        answer.propensities.length === 0 ? [NOT_SCORED] : answer.propensities.flatMap(scoreLines),
      );
    });
  asking(propensity.command('roll-back'))
    .description('have a model go back to a version that answered before')
    .argument('<model>', 'the name of a file in models/')
    .option('--to <version>', 'the version (default: the one that answered before the deployed one)')
    .requiredOption('--author <name>', 'who says so')
    .requiredOption('--reason <text>', 'why')
    .action(async (model: string, { to, author, reason, ...options }: HubOptions & Said & { readonly to?: string }) => {
      const path = `${MODELS}/${encodeURIComponent(model)}/roll-backs`;
      const said = { author, reason, ...(to !== undefined && { version: to }) };
      const taken = await callHub<DecisionTaken>(await runningApi(options.hub), path, said);
      const next = 'what it says of everybody is what it says in the next scoring: hub run propensity';
      printAnswer(options, taken, [`${taken.model} ${taken.version} is ${taken.status}; ${next}`]);
    });
  addDecision(propensity, 'approve', 'deploy the version of a model that waits for it');
  addDecision(propensity, 'reject', 'keep the version of a model that waits for it from being deployed');
}

function asking(command: Command): Command {
  return withRunningHub(command.option('--json', 'answer in JSON'));
}

function addDecision(propensity: Command, verb: 'approve' | 'reject', description: string): void {
  asking(propensity.command(verb))
    .description(description)
    .argument('<model>', 'the name of a file in models/')
    .requiredOption('--author <name>', 'who says so')
    .requiredOption('--reason <text>', 'why')
    .action(async (model: string, options: HubOptions & Said) => {
      const { author, reason } = options;
      const path = `${MODELS}/${encodeURIComponent(model)}/decisions`;
      const decision = { approve: verb === 'approve', author, reason };
      const taken = await callHub<DecisionTaken>(await runningApi(options.hub), path, decision);
      printAnswer(options, taken, [`${taken.model} ${taken.version} is ${taken.status}`]);
    });
}

const NOT_SCORED =
  'no deployed model speaks of this customer, or nobody was scored yet: a night does it, or hub run propensity';

type Propensity = CustomerPropensities['propensities'][number];

function scoreLines({
  title,
  kind,
  class: own,
  score,
  percentile,
  version,
  asOf,
  reasons,
  unexplained,
  trend,
}: Propensity): string[] {
  const told = (value: number) => (kind === 'score' ? value.toFixed(2) : `${(100 * value).toFixed(1)} %`);
  const name = own === undefined ? '' : `${own}, `;
  const before = trend.length === 0 ? '' : `; before: ${trend.map((one) => told(one.score)).join(', ')}`;
  return [
    `${title}: ${name}${told(score)}, higher than ${percentile.toFixed(0)} of 100${before}`,
    ...reasons.map(({ words, adds }) => `  ${adds >= 0 ? '+' : ''}${adds.toFixed(2)}  ${words}`),
    ...(unexplained === undefined ? [] : [`  no reasons: ${unexplained}`]),
    `  ${version}, as of ${asOf.slice(0, 16)}`,
  ];
}

interface ListedModels {
  readonly models: readonly (PropensityModelList['models'][number] & { readonly training: LastTraining })[];
}

function trainingLines({ state, failure }: LastTraining): string[] {
  if (state === 'running') return ['  being trained, or waiting to be decided of'];
  return state === 'failed' ? [`  ! the last training failed: ${failure ?? 'it took too long'}`] : [];
}

function listLines({ models }: ListedModels): string[] {
  if (models.length === 0) return ['there is no model: put its file into models/ of the hub folder'];
  return models.flatMap(({ model, title, deployed, watch, versions, training }) => [
    `${model}: ${title}`,
    `  deployed: ${deployed ?? 'none'}`,
    ...trainingLines(training),
    ...(watch?.findings ?? []).map(({ says }) => `  ! as of ${watch!.asOf.slice(0, 16)}: ${says}`),
    ...versions.map(
      ({ version, status, at, author, reason }) =>
        `  ${version}  ${status.padEnd(8)}  ${at.slice(0, 16)}  ${[author, reason].filter((text) => text !== null).join(': ')}`,
    ),
  ]);
}

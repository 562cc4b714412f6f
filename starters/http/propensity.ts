import {
  decisionTaken,
  lastTraining,
  modelDecision,
  modelPath,
  propensityModelList,
  rollBack,
  trainPropensityInput,
  trainingStarted,
} from '../../schemas/propensity-training';
import type { LakeTable } from '../../core/lake/tables';
import {
  customerPropensities,
  customerPropensitiesQuestion,
  type CustomerPropensitiesQuestion,
  whatIfAnswer,
  whatIfQuestion,
} from '../../schemas/propensity-scores';
import { decideModel, lastTrainingOf, rollBackModel, startTraining } from '../propensity';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problem, runningReport, sendState } from './report-routes';
import { askReport, type ReportRequest, type ReportState } from './reports';

const TAGS = ['propensity'];
const MODELS = '/v1/propensity-models';

/** What answers about one customer are made from. */
const ASKED_OF: readonly LakeTable[] = [
  'propensity_runs',
  'model_runs',
  'journeys',
  'profiles',
  'identities',
  'milestones',
];

/** What the list of models is made from. */
const LISTED_OF: readonly LakeTable[] = ['model_runs', 'model_watch'];

/** What is likely to happen to customers, by models: asking them, training them, and deciding which of them answers. */
export function registerPropensity(api: HubApi): void {
  registerModels(api);
  registerAnswers(api);
}

type Asking = Pick<HubApi, 'client' | 'versions' | 'models'>;

/** What is likely to happen to a customer. */
export function askPropensities(api: Asking, question: CustomerPropensitiesQuestion): Promise<ReportState<object>> {
  return ask(api, { workflow: 'customerPropensities', kind: 'propensities', question });
}

async function ask(
  { client, versions, models }: Asking,
  request: Pick<ReportRequest, 'workflow' | 'kind' | 'question'>,
): Promise<ReportState<object>> {
  const lakeVersion = await versions.version();
  const revisions = await Promise.all(ASKED_OF.map((table) => versions.tableRevision(table, lakeVersion)));
  const dataRevision = JSON.stringify([models, revisions]);
  return askReport<object>(client, { ...request, dataRevision, lakeVersion }, waitMsOf(undefined));
}

function registerAnswers(api: HubApi): void {
  const { app } = api;
  app.get(
    '/v1/customers/:customer/propensities',
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'What is likely to happen to a customer: score, percentile, trend, and the strongest reasons in words',
        description: 'Of the last scoring of each deployed model; of those that do not speak of the customer, nothing.',
        tags: TAGS,
        params: customerPropensitiesQuestion,
        response: { 200: customerPropensities, 202: runningReport, default: problem },
      },
    },
    async ({ params: question }, reply) => {
      const path = `/v1/customers/${encodeURIComponent(question.customer)}/propensities`;
      return sendState(reply, path, await askPropensities(api, question));
    },
  );

  app.post(
    '/v1/propensities/:model/what-if',
    {
      config: { needs: 'customers:read' },
      schema: {
        summary: 'What would be likely, were some features of a customer otherwise',
        description: 'Features have the names that reasons have. Asked again, an answer that was not there yet is.',
        tags: TAGS,
        params: modelPath,
        body: whatIfQuestion,
        response: { 200: whatIfAnswer, 202: runningReport, default: problem },
      },
    },
    async ({ params: { model }, body }, reply) => {
      const path = `/v1/propensities/${encodeURIComponent(model)}/what-if`;
      const question = { model, ...body };
      return sendState(
        reply,
        path,
        await ask(api, { workflow: 'propensityWhatIf', kind: 'propensity-what-if', question }),
      );
    },
  );
}

function registerModels({ app, client, versions, models }: HubApi): void {
  app.get(
    MODELS,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'The models, which version of each is deployed, and what became of the others',
        tags: TAGS,
        response: { 200: propensityModelList, 202: runningReport, default: problem },
      },
    },
    async (_, reply) => {
      const lakeVersion = await versions.version();
      const revisions = await Promise.all(LISTED_OF.map((table) => versions.tableRevision(table, lakeVersion)));
      const dataRevision = JSON.stringify([models, revisions]);
      const request = { workflow: 'propensityModels', kind: 'propensity-models', question: {} };
      const state = await askReport<object>(client, { ...request, dataRevision, lakeVersion }, waitMsOf(undefined));
      return sendState(reply, MODELS, state);
    },
  );

  app.post(
    `${MODELS}/:model/trainings`,
    {
      config: { needs: 'models:decide' },
      schema: {
        summary: 'Begins to train a model; it goes on as a workflow',
        tags: TAGS,
        params: modelPath,
        // A request without a body has one of null.
        body: trainPropensityInput.omit({ model: true }).nullish(),
        response: { 201: trainingStarted, default: problem },
      },
    },
    async ({ params: { model }, body }, reply) => {
      const workflowId = await startTraining(client, { model, ...body }, models);
      return reply.code(201).send({ workflowId });
    },
  );

  app.get(
    `${MODELS}/:model/training`,
    {
      config: { needs: 'answers:read' },
      schema: {
        summary: 'What became of the last training of a model, and why it failed where it did',
        tags: TAGS,
        params: modelPath,
        response: { 200: lastTraining, default: problem },
      },
    },
    async ({ params: { model } }) => lastTrainingOf(client, model, models),
  );

  app.post(
    `${MODELS}/:model/decisions`,
    {
      config: { needs: 'models:decide' },
      schema: {
        summary: 'Approves or rejects the version that waits for it',
        tags: TAGS,
        params: modelPath,
        body: modelDecision,
        response: { 200: decisionTaken, default: problem },
      },
    },
    async ({ params: { model }, body }) => decideModel(client, model, body, models),
  );

  app.post(
    `${MODELS}/:model/roll-backs`,
    {
      config: { needs: 'models:decide' },
      schema: {
        summary: 'Has a model go back to a version that answered before',
        tags: TAGS,
        params: modelPath,
        body: rollBack,
        response: { 200: decisionTaken, default: problem },
      },
    },
    async ({ params: { model }, body }) => rollBackModel(client, model, body, models),
  );
}

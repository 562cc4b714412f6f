import {
  decisionTaken,
  modelDecision,
  modelPath,
  propensityModelList,
  trainPropensityInput,
  trainingStarted,
} from '../../schemas/propensity-training';
import { decideModel, startTraining } from '../propensity';
import type { HubApi } from './hub-api';
import { waitMsOf } from './prefer';
import { problem, runningReport, sendState } from './report-routes';
import { askReport } from './reports';

const TAGS = ['propensity'];
const MODELS = '/v1/propensity-models';

/** Models of what is likely to happen: training them, and deciding which of them answers. */
export function registerPropensity({ app, client, versions, models }: HubApi): void {
  app.get(
    MODELS,
    {
      schema: {
        summary: 'The models, which version of each is deployed, and what became of the others',
        tags: TAGS,
        response: { 200: propensityModelList, 202: runningReport, default: problem },
      },
    },
    async (_, reply) => {
      const lakeVersion = await versions.version();
      const dataRevision = JSON.stringify([models, await versions.tableRevision('model_runs', lakeVersion)]);
      const request = { workflow: 'propensityModels', kind: 'propensity-models', question: {} };
      const state = await askReport<object>(client, { ...request, dataRevision, lakeVersion }, waitMsOf(undefined));
      return sendState(reply, MODELS, state);
    },
  );

  app.post(
    `${MODELS}/:model/trainings`,
    {
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

  app.post(
    `${MODELS}/:model/decisions`,
    {
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
}

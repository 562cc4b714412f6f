import { RememberedModels } from '../../../adapters/local/propensity/remembered-models';
import type { KeptModel, ModelStore } from '../../../ports/model-store';

let loads: string[];
let failing: Error | undefined;
const store: ModelStore = {
  save: async () => 'v1',
  load: async (name, version) => {
    loads.push(`${name} ${version}`);
    if (failing !== undefined) throw failing;
    return { features: `${name} ${version}` } as KeptModel;
  },
};
beforeEach(() => {
  loads = [];
  failing = undefined;
});

it('a version is loaded once, whoever asks and however many at a time', async () => {
  const models = new RememberedModels(store);
  const asked = await Promise.all([models.load('churn', 'v1'), models.load('churn', 'v1'), models.load('fraud', 'v1')]);
  expect(asked.map(({ features }) => features)).toEqual(['churn v1', 'churn v1', 'fraud v1']);
  await models.load('churn', 'v1');
  expect(loads).toEqual(['churn v1', 'fraud v1']);
});

it('of very many those are forgotten that were not asked for the longest time', async () => {
  const models = new RememberedModels(store);
  for (let version = 0; version < 8; version++) await models.load('churn', `v${version}`);
  await models.load('churn', 'v0');
  await models.load('churn', 'v8');
  loads = [];
  await models.load('churn', 'v0');
  await models.load('churn', 'v1');
  expect(loads).toEqual(['churn v1']);
});

it('one that cannot be loaded is tried again', async () => {
  const models = new RememberedModels(store);
  failing = new Error('not yet');
  await expect(models.load('churn', 'v1')).rejects.toThrow('not yet');
  failing = undefined;
  expect(await models.load('churn', 'v1')).toMatchObject({ features: 'churn v1' });
});

import { byLearner, type Learners } from '../../../adapters/aws/neptune-ml/by-learner';
import type { GraphModel } from '../../../adapters/aws/neptune-ml/kept-graph-models';
import type { MeanMeasures } from '../../../core/propensity/evaluate';
import { propensitySpec } from '../../../schemas/propensity';

const spec = propensitySpec.parse({
  ...{ name: 'churn', title: 'Churn', description: 'Leaves.', target: { within: '14d', events: ['churn'] } },
});
const asked: string[] = [];
/** Notes who was asked for what. */
const noting = (who: string) => {
  const note = (what: string) => () => {
    asked.push(`${who} ${what}`);
    return Promise.resolve(undefined as never);
  };
  return {
    trainer: { train: note('train') },
    scorer: { customers: note('customers'), score: note('score'), explain: note('explain') },
    watch: { look: note('look') },
    deployment: { deploy: note('deploy'), close: note('close') },
    registry: { register: note('register'), decide: note('decide'), close: note('close') },
  };
};
const learners: Learners = {
  trees: noting('trees'),
  graph: noting('graph'),
  models: { find: (_, version) => Promise.resolve(version === 'of-graph' ? ({} as GraphModel) : undefined) },
};
beforeEach(() => (asked.length = 0));

it('a model is learned by what its file names', async () => {
  const { trainer } = byLearner(learners);
  await trainer.train({ spec, asOf: 0, lakeVersion: 1 });
  await trainer.train({ spec: { ...spec, learner: 'graph' }, asOf: 0, lakeVersion: 1 });
  expect(asked).toEqual(['trees train', 'graph train']);
});

it('a model is asked by what has learned its version, whatever its file names by now; only trees are watched', async () => {
  const { scorer, watch } = byLearner(learners);
  for (const version of ['of-trees', 'of-graph']) {
    const model = { spec, version, cutOff: 0, lakeVersion: 1 };
    await scorer.score(model, { parts: 1, part: 0 });
    await scorer.explain(model, { customer: 'c', reasons: 5 });
    await watch.look(model);
  }
  expect(asked).toEqual(['trees score', 'trees explain', 'trees look', 'graph score', 'graph explain']);
});

it('only trees are deployed to an endpoint and registered: of what Neptune ML has learned there is no archive', async () => {
  const { deployment, registry } = byLearner(learners);
  for (const version of ['of-graph', 'of-trees']) {
    await registry!.register({ model: 'churn', version }, {} as MeanMeasures);
    await deployment!.deploy({ model: 'churn', version });
    await registry!.decide({ model: 'churn', version }, 'deployed', 'somebody: good');
  }
  expect(asked).toEqual(['trees decide', 'trees register', 'trees deploy', 'trees decide']);
});

it('where trees are neither deployed nor registered, nothing is', () => {
  const { trainer, scorer, watch } = learners.trees;
  const only = byLearner({ ...learners, trees: { trainer, scorer, watch } });
  expect(Object.keys(only)).toEqual(['trainer', 'scorer', 'watch']);
});

import fc from 'fast-check';
import type { FeaturePlan } from '../../../core/features/feature-plan';
import { featureName } from '../../../core/features/feature';
import type { CustomerHistory } from '../../../core/features/history';
import { isTestedWith } from '../../../core/features/sample-rows';
import { CustomerRows, type ExportMoments } from '../../../core/propensity/graph/customer-rows';
import { sharedTexts } from '../../../core/propensity/graph/shared-rows';
import { trainingConfiguration, type ExportShape } from '../../../core/propensity/graph/training-configuration';
import { propensitySpec } from '../../../schemas/propensity';
import { DAY, DAYS, alphabet, anyHistory, historyOf } from '../features/arbitrary';

const WITHIN = 20 * DAY;
const plan: FeaturePlan = {
  features: [
    { set: 'counts', letter: 'bill', windowMs: 30 * DAY },
    { set: 'recency', letter: 'complaint' },
    { set: 'profile', attribute: 'city', as: 'category' },
    { set: 'neighbours', tie: 'address', measure: 'hit' },
  ],
  categories: { city: ['Bonn', 'Köln'] },
};
const shape: ExportShape = {
  columns: plan.features.map((feature, index) => ({
    feature: featureName(feature),
    column: `f${index}`,
    kind: feature.set === 'profile' ? 'category' : 'number',
  })),
  target: 'churn',
  task: 'classification',
  ties: ['address'],
};
const spec = propensitySpec.parse({
  name: 'churn',
  title: 'Churn',
  description: 'Leaves.',
  population: { hadNot: ['churn'], seenWithin: '30d' },
  target: { within: '20d', events: ['churn'] },
});

const LEARNED_FROM = ['learned-1', 'learned-2', 'learned-3', 'learned-4'].find((name) => !isTestedWith(name))!;
const TESTED_WITH = Array.from({ length: 20 }, (_, number) => `t${number}`).find(isTestedWith)!;

function textOf(histories: readonly CustomerHistory[], moments: ExportMoments): string {
  const rows = new CustomerRows({ spec, plan, shape, moments }, alphabet, histories.length);
  histories.forEach((history) => rows.add(history));
  return rows.text();
}

const [BILL, COMPLAINT, CHURN] = [0, 2, 3];

/** What is left of a history when nothing happens any more. */
function endingAt(history: CustomerHistory, end: number): CustomerHistory {
  const kept = history.times.filter((time) => time < end).length;
  return {
    ...history,
    letters: history.letters.subarray(0, kept),
    times: history.times.subarray(0, kept),
    channels: history.channels.subarray(0, kept),
    records: history.records.filter(({ seenAt }) => seenAt < end),
    neighbours: history.neighbours
      .filter(({ since }) => since < end)
      .map((neighbour) => ({
        ...neighbour,
        hitAt: neighbour.hitAt < end ? neighbour.hitAt : Infinity,
        crowdedAt: neighbour.crowdedAt < end ? neighbour.crowdedAt : Infinity,
      })),
    scores: history.scores.filter(({ at }) => at < end),
  };
}

describe('customers in an export', () => {
  const moments = { asOf: 100 * DAY, labelsFrom: 100 * DAY };
  const leaver = historyOf(
    [
      { at: 95 * DAY, letter: BILL },
      { at: 98 * DAY, letter: COMPLAINT },
      { at: 110 * DAY, letter: CHURN },
    ],
    { customerId: LEARNED_FROM, records: [{ seenAt: 1, attributes: { city: 'Köln' } }] },
  );

  it('have features as numbers and categories, and what became of them', () => {
    expect(textOf([leaver], moments)).toBe(
      `~id,~label,f0,f1,f2,f3,churn\n"${LEARNED_FROM}","Customer",1,2,"c1",0,"yes"\n`,
    );
  });

  it('have no target where they are tested with, or the model does not speak of them; what is not known is told as such', () => {
    const gone = historyOf([{ at: DAY, letter: CHURN }], { customerId: LEARNED_FROM });
    const lines = textOf([{ ...leaver, customerId: TESTED_WITH }, gone], moments).split('\n');
    expect(lines.slice(1, 3)).toEqual([
      `"${TESTED_WITH}","Customer",1,2,"c1",0,`,
      `"${LEARNED_FROM}","Customer",0,,"unknown",0,`,
    ]);
  });

  it('are not there before they did anything', () => {
    expect(textOf([historyOf([{ at: 100 * DAY, letter: BILL }])], moments).split('\n')).toHaveLength(2);
  });

  it('that were learned from: what happens after the horizon changes no byte', () => {
    fc.assert(
      fc.property(
        fc.array(anyHistory, { maxLength: 5 }),
        fc.integer({ min: 0, max: DAYS * DAY }),
        (histories, asOf) => {
          const own = histories.map((history) => ({ ...history, customerId: LEARNED_FROM }));
          const ended = own.map((history) => endingAt(history, asOf + WITHIN));
          expect(textOf(ended, { asOf, labelsFrom: asOf })).toBe(textOf(own, { asOf, labelsFrom: asOf }));
        },
      ),
    );
  });

  it.each([
    ['that are tested with: nothing of the future', TESTED_WITH, 0],
    ['of any later export: nothing of the future', LEARNED_FROM, WITHIN],
  ])('%s changes a byte', (_, customerId, before) => {
    fc.assert(
      fc.property(
        fc.array(anyHistory, { maxLength: 5 }),
        fc.integer({ min: 0, max: DAYS * DAY }),
        (histories, asOf) => {
          const own = histories.map((history) => ({ ...history, customerId }));
          const moments = { asOf, labelsFrom: asOf - before };
          expect(
            textOf(
              own.map((history) => endingAt(history, asOf)),
              moments,
            ),
          ).toBe(textOf(own, moments));
        },
      ),
    );
  });
});

describe('what customers of an export share', () => {
  const row = (id: string, customer: string) => ({ tie: 'address' as const, id, customer });

  it('is a vertex, with an edge from each of them', () => {
    const texts = sharedTexts(
      [row('a', 'x'), row('a', 'y'), row('b', 'x'), row('b', 'gone')],
      ['address'],
      (customer) => customer !== 'gone',
    );
    expect(texts.get('address')).toEqual({
      nodes: '~id,~label,sharers\n"a","Address",2\n',
      edges: '~id,~label,~from,~to\n"HAS_ADDRESS:x:a","HAS_ADDRESS","x","a"\n"HAS_ADDRESS:y:a","HAS_ADDRESS","y","a"\n',
    });
  });

  it('is left out where the model was not learned with it, and is an empty file where nobody shares any more', () => {
    const texts = sharedTexts([row('a', 'x'), row('a', 'y')], ['phone'], () => true);
    expect([...texts]).toEqual([['phone', { nodes: '~id,~label,sharers\n', edges: '~id,~label,~from,~to\n' }]]);
  });
});

it('a configuration names every file, the features of each, and what is to be learned', () => {
  const { graph } = trainingConfiguration(shape, 2) as { graph: Record<'nodes' | 'edges', object[]> };
  expect(graph.nodes.slice(1)).toEqual([
    {
      file_name: 'nodes/customer-00002.csv',
      separator: ',',
      node: ['~id', 'Customer'],
      features: [
        { feature: ['f0', 'f0', 'numerical'], norm: 'min-max', imputer: 'median' },
        { feature: ['f1', 'f1', 'numerical'], norm: 'min-max', imputer: 'median' },
        { feature: ['f2', 'f2', 'category'] },
        { feature: ['f3', 'f3', 'numerical'], norm: 'min-max', imputer: 'median' },
      ],
      labels: [{ label: ['churn', 'classification'], split_rate: [0.9, 0.1, 0] }],
    },
    {
      file_name: 'nodes/address.csv',
      separator: ',',
      node: ['~id', 'Address'],
      features: [{ feature: ['sharers', 'sharers', 'numerical'], norm: 'min-max', imputer: 'median' }],
    },
  ]);
  expect(graph.edges).toEqual([
    {
      file_name: 'edges/Customer-HAS_ADDRESS-Address.csv',
      separator: ',',
      source: ['~from', 'Customer'],
      relation: ['', 'HAS_ADDRESS'],
      dest: ['~to', 'Address'],
      features: [],
    },
  ]);
});

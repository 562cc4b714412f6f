import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { writeModel } from '../../adapters/local/propensity/artefact';
import { LocalPropensityDesk } from '../../adapters/local/propensity/local-propensity-desk';
import { train } from '../../adapters/local/propensity/train';
import type { FeatureTable } from '../../core/propensity/feature-table';
import { randomNumbers } from '../../core/statistics/random-numbers';
import type { PropensityAnswer } from '../../schemas/propensity-question';
import { createModelApp, ofPropensities } from '../../starters/http/model-app';
import { ENGINE_START_MS } from '../support/engines';

const random = randomNumbers(9);
const ROWS = 500;
const calls = Float32Array.from({ length: ROWS }, () => Math.floor(5 * random()));
const plans = Int32Array.from({ length: ROWS }, () => Math.floor(3 * random()));
const table: FeatureTable = {
  rows: ROWS,
  features: [
    { name: 'calls', kind: 'number', values: calls },
    { name: 'plan', kind: 'category', categories: ['basic', 'flat', 'family'], codes: plans },
  ],
};
/** Those who call leave, and those of family plans stay. */
const odds = Array.from(calls, (own, row) => own / 5 - (plans[row] === 2 ? 0.5 : 0) + 0.4 * (random() - 0.5));
const spec = {
  binary: { labels: Float32Array.from(odds, (own) => (own > 0.3 ? 1 : 0)), classes: ['stays', 'leaves'] },
  classes: {
    labels: Float32Array.from(odds, (own) => (own > 0.6 ? 2 : own > 0.2 ? 1 : 0)),
    classes: ['stays', 'asks', 'leaves'],
  },
  score: { labels: Float32Array.from(odds, (own) => 10 * own) },
} as const;

let folder: string;
let desks: LocalPropensityDesk[] = [];
let apps: FastifyInstance[] = [];
const addresses: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-propensity-server-'));
  for (const kind of ['binary', 'classes', 'score'] as const) {
    const { labels, ...named } = spec[kind];
    const classes = 'classes' in named ? [...named.classes] : undefined;
    const settings = { kind, target: 'leaving', evaluation: { repeats: 0 }, ...(classes && { classes }) };
    const model = await train({ ...table, labels }, settings);
    await writeModel(join(folder, kind), model, { target: 'leaving', classes, table });
    const desk = await LocalPropensityDesk.open(join(folder, kind));
    const app = createModelApp({ model: () => ofPropensities(desk), logLevel: 'silent' });
    await app.listen({ host: '127.0.0.1', port: 0 });
    addresses[kind] = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    [desks, apps] = [
      [...desks, desk],
      [...apps, app],
    ];
  }
}, ENGINE_START_MS);
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await Promise.all(desks.map((desk) => desk.close()));
  await rm(folder, { recursive: true, force: true });
});

const invoke = (kind: string, body: string, type = 'application/json') =>
  fetch(`${addresses[kind]}/invocations`, { method: 'POST', headers: { 'content-type': type }, body });
const ask = async (kind: string, question: object) =>
  (await (await invoke(kind, JSON.stringify(question))).json()) as PropensityAnswer;

it('tells how likely something is, and the strongest reasons, which are the odds', async () => {
  const calm = await ask('binary', { features: { calls: 0, plan: 'family' }, reasons: 5 });
  const angry = await ask('binary', { features: { calls: 4, plan: 'flat' }, reasons: 5 });
  expect(angry.target).toBe('leaving');
  expect(angry.probability).toBeGreaterThan(calm.probability! + 0.5);
  expect(angry.reasons![0]).toMatchObject({ feature: 'calls', value: 4 });
  expect(angry.reasons![0]!.adds).toBeGreaterThan(0);
  expect(calm.reasons!.every(({ adds }) => adds < 0)).toBe(true);
  const logOdds = ({ probability }: PropensityAnswer) => Math.log(probability! / (1 - probability!));
  const added = ({ reasons }: PropensityAnswer) => reasons!.reduce((sum, { adds }) => sum + adds, 0);
  // What is so of everybody is the same for both.
  expect(logOdds(angry) - added(angry)).toBeCloseTo(logOdds(calm) - added(calm), 3);
  expect((await ask('binary', { features: { calls: 4 } })).reasons).toBeUndefined();
});

it('tells of classes how likely each is, and of scores the score', async () => {
  const { probabilities } = await ask('classes', { features: { calls: 4, plan: 'flat' } });
  expect(Object.keys(probabilities!)).toEqual(['stays', 'asks', 'leaves']);
  expect(Object.values(probabilities!).reduce((sum, own) => sum + own, 0)).toBeCloseTo(1, 5);
  expect(probabilities!['leaves']).toBeGreaterThan(probabilities!['stays']!);
  const both = await ask('classes', { features: { calls: 4, plan: 'flat' }, reasons: 2 });
  expect(both.reasons![0]!.feature).toBe('calls');
  const scoreOf = async (own: number) => (await ask('score', { features: { calls: own, plan: 'flat' } })).score!;
  expect(await scoreOf(4)).toBeGreaterThan((await scoreOf(0)) + 4);
});

it('takes what is left out, null and unseen for what is not known', async () => {
  const nothing = await ask('binary', { features: {} });
  expect(nothing.probability).toBeGreaterThan(0);
  expect(await ask('binary', { features: { calls: null, plan: '' } })).toEqual(nothing);
  const unseen = await ask('binary', { features: { calls: 2, plan: 'newest' } });
  expect(unseen.probability).toBeGreaterThan(0);
  expect((await ask('binary', { features: { calls: '3' } })).probability).toBe(
    (await ask('binary', { features: { calls: 3 } })).probability,
  );
});

it('answers JSON Lines line by line', async () => {
  const lines = ['{"features":{"calls":1}}', '{"features":{"cals":1}}', '{'].join('\n');
  const answered = (await (await invoke('binary', lines, 'application/jsonlines')).text()).trim().split('\n');
  const [good, unknown, torn] = answered.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(good).toMatchObject({ target: 'leaving' });
  expect(unknown).toMatchObject({ error: { status: 400 } });
  expect(torn).toMatchObject({ error: { status: 400 } });
});

it.each([
  [
    'a feature it does not know',
    '{"features":{"cals":1}}',
    'features.cals: the model was not learned from it (did you mean "calls"?)',
  ],
  ['a text for a number', '{"features":{"calls":"many"}}', 'features.calls: expected a number, found "many"'],
  ['no features', '{}', 'features: expected record, found nothing'],
  ['too many reasons', '{"features":{},"reasons":99}', 'reasons: '],
])('%s is refused', async (_, body, detail) => {
  const response = await invoke('binary', body);
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain(detail.replaceAll('"', '\\"'));
});

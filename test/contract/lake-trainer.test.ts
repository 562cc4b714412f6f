import { join } from 'node:path';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { LakeTrainer } from '../../adapters/local/propensity/lake-trainer';
import { LakeWatch } from '../../adapters/local/propensity/lake-watch';
import { StoredModels } from '../../adapters/local/propensity/stored-models';
import { propensitySpec } from '../../schemas/propensity';
import { ENGINE_START_MS } from '../support/engines';
import { openTestRoom, type TestRoom } from '../support/local-room';
import { churnSpec, fillHistories } from './histories-contract';

let room: TestRoom;
let models: StoredModels;
let trainer: LakeTrainer;
beforeAll(async () => {
  room = await openTestRoom();
  await fillHistories(room.lake);
  models = new StoredModels(await openFolderObjectStore(join(room.folder, 'objects')), join(room.folder, 'tmp'));
  trainer = new LakeTrainer(room.lake, models, 2);
}, ENGINE_START_MS);
afterAll(() => room?.close());

const request = async (champion?: string) => ({
  spec: churnSpec,
  asOf: Date.UTC(2026, 0, 1) + 110 * 86_400_000,
  lakeVersion: await room.lake.version(),
  ...(champion === undefined ? {} : { champion }),
});

it('keeps the model that it learned, the same for the same data, and compares it with the deployed one', async () => {
  const stages = new Set<string>();
  const first = await trainer.train(await request(), { onProgress: (stage) => stages.add(stage) });
  expect(first).toMatchObject({ version: expect.stringMatching(/^2026-04-21-[0-9a-f]{12}$/) });
  expect(first.rows.test).toBeGreaterThan(50);
  expect(first.judgement).not.toHaveProperty('champion');
  expect(first.segments.map(({ value }) => value)).toEqual(['Berlin', 'Bremen']);
  expect([...stages]).toEqual(['read', 'learn']);

  const kept = await models.load('churn', first.version);
  expect(kept.plan.features).toHaveLength(first.features);
  expect(kept.manifest).toMatchObject({ target: 'churn', kind: 'binary', rows: first.rows.train });

  const second = await trainer.train(await request(first.version));
  expect(second.version).toBe(first.version);
  // The same model is as good as itself.
  expect(second.champion).toEqual({ version: first.version, measures: first.measures });
  expect(second.judgement).toMatchObject({ champion: second.judgement.challenger });
}, 120_000);

it('is watched: against what it was learned from, and, once their horizon has passed, by what became of customers', async () => {
  const day = (number: number) => Date.UTC(2026, 0, 1) + number * 86_400_000;
  const lakeVersion = await room.lake.version();
  const { version } = await trainer.train({ spec: churnSpec, asOf: day(90), lakeVersion });
  const watch = new LakeWatch(room.lake, models);
  const at = (cutOff: number) => watch.look({ spec: churnSpec, version, cutOff, lakeVersion });
  const soon = (await at(day(95)))!;
  expect(soon).toMatchObject({ knownUntil: day(90), rows: 180, score: { psi: expect.any(Number) } });
  expect(soon.features[0]!.psi).toBeGreaterThanOrEqual(soon.features[1]!.psi);
  // What became of them within twenty days is part of what was learned from.
  expect(soon.calibration).toBeUndefined();
  const later = (await at(day(110)))!;
  // Of those who had not left by day 90, thirty left then.
  expect(later.calibration).toMatchObject({ cutOff: day(90), rows: 210, observed: expect.closeTo(30 / 210, 6) });
  expect(await at(day(-10))).toBeUndefined();
}, 120_000);

it('goes on without a deployed model that cannot be read any more, and says so', async () => {
  const { champion, warnings } = await trainer.train(await request('2026-01-01-gone'));
  expect([champion, warnings[0]]).toEqual([undefined, expect.stringContaining('no model of the version')]);
}, 120_000);

it('says why it cannot test', async () => {
  const late = propensitySpec.parse({ ...raw, population: { had: ['never'] } });
  await expect(trainer.train({ ...(await request()), spec: late })).rejects.toMatchObject({ code: 'TOO_FEW_ROWS' });
});

const raw = {
  name: 'churn',
  title: 'Churn',
  description: 'Leaves.',
  target: { within: '20d', events: ['churn'] },
};

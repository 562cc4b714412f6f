import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readSettings } from '../../../adapters/local/config-reader';
import { kindOf } from '../../../core/features/targets';
import { systems } from '../../../core/sample/steps';
import { propensitySpec, type PropensitySpec } from '../../../schemas/propensity';
import { engagedPeople } from '../sample/engaged-people';

const folder = join(__dirname, '../../../config/models');
const gates = { binary: 'auc', classes: 'macro-auc', score: 'r2' };

describe('the models that ship', () => {
  let specs: ReadonlyMap<string, PropensitySpec>;
  beforeAll(async () => {
    const names = (await readdir(folder)).sort();
    const read = names.map(async (file) => [
      basename(file, '.yaml'),
      await readSettings(join(folder, file), propensitySpec),
    ]);
    specs = new Map((await Promise.all(read)) as [string, PropensitySpec][]);
  });

  it('are of every kind, and named as their files', () => {
    expect(Object.fromEntries([...specs].map(([file, { target }]) => [file, kindOf(target)]))).toEqual({
      churn: 'binary',
      csat: 'score',
      fraud: 'binary',
      personalization: 'classes',
    });
    for (const [file, { name }] of specs) expect(name).toBe(file);
  });

  it('are let through by the measure of their kind', () => {
    for (const { gate, target } of specs.values()) expect(gate.metric).toBe(gates[kindOf(target)]);
  });

  it('speak of nothing that the sample world does not have', () => {
    const engaged = engagedPeople(7, { start: 0, days: 120 }, 1_000).flatMap(({ engagement }) => engagement.rows);
    const there = new Set<unknown>([...Object.values(systems).flat(), ...engaged.map(({ row }) => row['screen'])]);
    for (const { name, population, target, features } of specs.values()) {
      const { events = [], classes = {}, score } = target;
      const wanted = [...events, ...Object.values(classes).flat(), ...(score?.events ?? [])];
      const spoken = [...population.had, ...population.hadNot, ...features.leaveOut, ...wanted];
      expect([name, spoken.filter((step) => !there.has(step))]).toEqual([name, []]);
    }
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnOptions, runHub, type Outcome } from '../support/hub-command';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-e2e-'));
  const journey = (who: string, steps: string) => [...steps].map((step, day) => `${who},2024-01-0${day + 1},${step}`);
  const lines = ['who,at,what', ...journey('1', 'abcde'), ...journey('2', 'abcdx'), ...journey('3', 'vwxyz')];
  await writeFile(join(folder, 'events.csv'), lines.join('\n'));
  await writeFile(join(folder, 'weights.yaml'), 'pairs: [{ steps: [e, x], cost: 0.25 }]');
  await writeFile(join(folder, 'wrong.yaml'), 'pairs: [{ steps: [e], cost: 7 }]');
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs `hub journeys similar` on the events above, as a shell would. */
function hub(...args: string[]): Promise<Outcome> {
  return runHub('journeys', 'similar', '--events', join(folder, 'events.csv'), ...columnOptions, ...args);
}

it('answers in JSON, exactly 0.8 included and the asker left out', async () => {
  const { code, stdout } = await hub('--customers', '1,3', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    results: [
      { customer: '1', count: 1, matches: [{ customer: '2', similarity: 0.8 }] },
      { customer: '3', count: 0, matches: [] },
    ],
    timings: { indexMs: expect.any(Number), perQueryMs: { mean: expect.any(Number), p95: expect.any(Number) } },
  });
});

it('answers people in a table, with weights', async () => {
  const { stdout } = await hub('--customers', '1', '--weights', join(folder, 'weights.yaml'));
  expect(stdout).toBe('1: 1 of 2 others are at least 0.8 similar\n  0.950  2\n');
});

it.each([
  ['no customers', [], /--customers/],
  [
    'a similarity beyond 1',
    ['--customers', '1', '--min-similarity', '1.5'],
    /--min-similarity 1.5: expected a number from 0/,
  ],
  ['a similarity that is none', ['--customers', '1', '--min-similarity', 'much'], /--min-similarity much/],
  ['no steps', ['--customers', '1', '--steps', '0'], /--steps 0/],
])('refuses %s, with exit code 2', async (_what, args, message) => {
  const { code, stderr } = await hub(...args);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

it('refuses a customer nobody knows, and weights that are none, with exit code 1', async () => {
  const unknown = await hub('--customers', '4711');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('there is no customer "4711"')]);
  const wrong = await hub('--customers', '1', '--weights', join(folder, 'wrong.yaml'));
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/pairs\.0\.cost/)]);
});

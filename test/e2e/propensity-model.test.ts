import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sigmoid } from '../../core/propensity/measures';
import { randomNumbers } from '../../core/statistics/random-numbers';
import { ENGINE_START_MS } from '../support/engines';
import { runHub } from '../support/hub-command';

let folder: string;
let input: string;
const path = (name: string) => join(folder, name);
const random = randomNumbers(4);

/** Customers of whom those with many calls leave more often, and those of two years hardly ever. */
const rows = Array.from({ length: 1_200 }, (_, number) => {
  const [calls, months, plan] = [
    Math.floor(6 * random()),
    Math.floor(60 * random()),
    random() < 0.3 ? 'flat, all in' : 'basic',
  ];
  const leaves = random() < sigmoid(calls - 3 - months / 30);
  return {
    id: `c${number}`,
    calls: random() < 0.05 ? 'n/a' : String(calls),
    months,
    plan,
    same: 'x',
    left: leaves ? 'Yes' : 'No',
  };
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-propensity-'));
  input = path('customers.csv');
  const lines = rows.map(
    ({ id, calls, months, plan, same, left }) => `${id},${calls},${months},"${plan}",${same},${left}`,
  );
  await writeFile(input, `id,calls,months,plan,same,left\n${lines.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trainOptions = (out: string) => ['--target', 'left=Yes', '--id', 'id', '--out', path(out), '--repeats', '1'];

it(
  'learns from a file, says how good that is, shows the model, and scores customers by it',
  async () => {
    const trained = await runHub('model', 'train', '--input', input, ...trainOptions('model'), '--json');
    expect(trained).toMatchObject({ code: 0 });
    const answer = JSON.parse(trained.stdout) as {
      model: string;
      evaluation: { auc: number; ece: number; folds: unknown[] };
    };
    expect(answer).toMatchObject({
      model: path('model/model.tar.gz'),
      rows: 1_200,
      features: 4,
      warnings: ['same tells nothing: it is the same, missing or different in every row'],
    });
    expect(answer.evaluation.folds).toHaveLength(2);
    expect(answer.evaluation.auc).toBeGreaterThan(0.75);
    expect(answer.evaluation.ece).toBeLessThan(0.08);

    const again = await runHub('model', 'train', '--input', input, ...trainOptions('again'));
    expect(again.stdout).toMatch(/^1200 rows, 4 features; \d+ trees of depth \d.*\n.*\nmodel +rows 600/);
    expect(await readFile(path('again/model.tar.gz'))).toEqual(await readFile(path('model/model.tar.gz')));

    const shown = await runHub('model', 'show', path('model'));
    expect(shown.stdout).toMatch(/target: left/);

    const score = (from: string, out: string) =>
      runHub('model', 'score', '--model', answer.model, '--input', from, '--id', 'id', '--out', out);
    const scored = await score(input, path('scores.csv'));
    expect(scored).toMatchObject({ code: 0, stdout: `1200 rows: ${path('scores.csv')}\n` });
    const lines = (await readFile(path('scores.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('id,probability');
    const said = new Map(lines.slice(1).map((line) => line.split(',') as [string, string]));
    const mean = (left: string) => {
      const own = rows.filter((row) => row.left === left).map(({ id }) => Number(said.get(id)));
      return own.reduce((sum, probability) => sum + probability, 0) / own.length;
    };
    expect(mean('Yes')).toBeGreaterThan(mean('No') + 0.2);

    const over = await score(input, input);
    expect(over).toMatchObject({ code: 1, stderr: expect.stringContaining('is the file that is read; give another') });
    expect(await readFile(input, 'utf8')).toMatch(/^id,calls/);

    const words = path('words.csv');
    await writeFile(words, (await readFile(input, 'utf8')).replace(/^(\w+),\d+,/m, '$1,many,'));
    const refused = await score(words, path('none.csv'));
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('calls: expected a number, found "many"'),
    });
  },
  ENGINE_START_MS,
);

it.each<[string, string[], string]>([
  ['a column that there is not', ['--target', 'lef=Yes', '--id', 'id'], '--target: .* has no column "lef".*"left"'],
  ['a value that no row has', ['--target', 'left=yes', '--id', 'id'], '--target: no row has left "yes".*"Yes"'],
  ['no value of many', ['--target', 'months', '--id', 'id'], 'say which value of months is meant'],
  [
    'an unknown kind',
    ['--target', 'left=Yes', '--id', 'id', '--kind', 'guess'],
    '--kind: expected binary, classes, score',
  ],
  ['no id', ['--target', 'left=Yes'], '--id is missing'],
])('%s is refused, and says what to do', async (_, options, message) => {
  const refused = await runHub('model', 'train', '--input', input, '--out', path('none'), ...options);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(new RegExp(message));
});

it('the target among the features, and fifty rows, are refused by name', async () => {
  const [leaking, few] = [path('leaking.csv'), path('few.csv')];
  const lines = (await readFile(input, 'utf8')).trim().split('\n');
  await writeFile(
    leaking,
    lines.map((line, row) => `${line},${row === 0 ? 'gone' : line.endsWith('Yes') ? 1 : 0}`).join('\n'),
  );
  await writeFile(few, lines.slice(0, 51).join('\n'));
  const train = (file: string) => runHub('model', 'train', '--input', file, ...trainOptions('none'));
  expect((await train(leaking)).stderr).toMatch(/gone alone tells left as good as always.*leave it out/);
  expect((await train(few)).stderr).toMatch(/50 rows with a left: at least 100/);
});

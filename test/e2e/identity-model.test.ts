import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { runHub } from '../support/hub-command';
import { dirtyPeople } from '../unit/identity/dirty-people';

let folder: string;
let input: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-identity-model-'));
  [input, model] = [join(folder, 'people.csv'), join(folder, 'model')];
  const rows = dirtyPeople(100, 31).map((row, number) => [`r${number}`, ...row.map((value) => value ?? '')].join(','));
  await writeFile(input, `${['id,first_name,last_name,dob,phone,street', ...rows].join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('trains a model, takes new records into its index, and serves it until it is stopped', async () => {
  const trained = await runHub('identity', 'train', '--input', input, '--id', 'id', '--out', model);
  expect(trained).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+ records of \d+ customers, learned in /),
  });
  const arriving = join(folder, 'arriving.csv');
  await writeFile(arriving, 'id,first_name,last_name,dob,phone,street\nnew,anna,nobodyknows,19500101,,\n');
  const updated = await runHub('identity', 'update', '--model', model, '--input', arriving, '--id', 'id', '--json');
  expect(JSON.parse(updated.stdout)).toMatchObject({ arrived: 1, changed: 0, moved: [{ id: 'new', customer: 'new' }] });
  const log = await served(model);
  expect(log).toContain('the model is loaded');
});

it('prints the query that scores pairs in an engine, and writes what that reads', async () => {
  const [settings, edited] = [join(folder, 'settings.yaml'), join(folder, 'edited')];
  const field = (column: string, kind: string) =>
    `  - { column: ${column}, kind: ${kind}, role: personal, comparison: levenshtein }`;
  await writeFile(
    settings,
    ['fields:', field('first_name', 'name'), field('dob', 'date'), field('phone', 'phone'), ''].join('\n'),
  );
  await runHub('identity', 'train', '--input', input, '--id', 'id', '--out', edited, '--settings', settings);
  const tables = join(folder, 'tables');
  const [records, patterns] = [`'${tables}/records.parquet'`, `'${tables}/patterns.parquet'`];
  const printed = await runHub(
    ...['identity', 'sql', '--model', edited, '--engine', 'duckdb', '--export', tables],
    ...['--records', records, '--patterns', patterns, '--pairs', "(SELECT 'r0' AS a, 'r1' AS b)"],
  );
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const [scored] = (await connection.runAndReadAll(printed.stdout)).getRowObjects();
  connection.closeSync();
  instance.closeSync();
  const told = await runHub(
    'identity',
    'compare',
    '--input',
    input,
    '--id',
    'id',
    '--pair',
    'r0,r1',
    '--settings',
    settings,
    '--json',
  );
  const { weight, probability } = JSON.parse(told.stdout) as { weight: number; probability: number };
  expect(scored).toMatchObject({
    a: 'r0',
    b: 'r1',
    weight: expect.closeTo(weight, 9),
    probability: expect.closeTo(probability, 9),
  });
});

it('refuses an engine that cannot compare as the model does, with the field', async () => {
  await runHub('identity', 'train', '--input', input, '--id', 'id', '--out', join(folder, 'usual'));
  const { code, stderr } = await runHub('identity', 'sql', '--model', join(folder, 'usual'), '--engine', 'trino');
  expect(code).toBe(1);
  expect(stderr).toContain('fields.0.comparison: "first_name" is compared by "Jaro-Winkler');
});

it('ends with the reason when there is no model', async () => {
  const { code, stderr } = await runHub('model', 'serve', '--dir', join(folder, 'none'), '--port', '0');
  expect(code).toBe(1);
  expect(stderr).toContain('hub identity train writes it');
});

it.each([
  [['identity', 'train', '--id', 'id', '--out', 'x'], '--input is missing'],
  [['identity', 'update', '--input', 'x', '--id', 'id'], '--model is missing'],
  [['identity', 'sql', '--model', 'x', '--engine', 'oracle'], '--engine oracle: expected one of duckdb'],
  [['model', 'serve', '--port', 'eighty'], '--port eighty: expected a whole number'],
])('names the option that is missing or wrong: %j', async (args, said) => {
  const { code, stderr } = await runHub(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
});

/** Serves a model, stops it once it is loaded as a container is stopped, and returns what it said. */
function served(dir: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['bin/hub.js', 'model', 'serve', '--dir', dir, '--port', '0'];
    const server = execFile(process.execPath, args, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    let said = '';
    server.stdout!.on('data', (part: string) => {
      said += part;
      if (said.includes('the model is loaded')) server.kill('SIGTERM');
    });
  });
}

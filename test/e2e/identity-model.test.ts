import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

it('ends with the reason when there is no model', async () => {
  const { code, stderr } = await runHub('model', 'serve', '--dir', join(folder, 'none'), '--port', '0');
  expect(code).toBe(1);
  expect(stderr).toContain('hub identity train writes it');
});

it.each([
  [['identity', 'train', '--id', 'id', '--out', 'x'], '--input is missing'],
  [['identity', 'update', '--input', 'x', '--id', 'id'], '--model is missing'],
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

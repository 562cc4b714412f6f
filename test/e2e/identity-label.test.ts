import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Evaluation } from '../../adapters/local/identity/evaluate-file';
import { runHub } from '../support/hub-command';
import { describeWith, sharedFile } from '../support/shared';
import { dirtyPeople } from '../unit/identity/dirty-people';

let folder: string;
let people: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-identity-label-'));
  people = join(folder, 'people.csv');
  const rows = dirtyPeople(60, 31).map((row, number) => [`r${number}`, ...row.map((value) => value ?? '')].join(','));
  await writeFile(people, `${['id,first_name,last_name,dob,phone,street', ...rows].join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rowsOf = async (file: string) =>
  parse(await readFile(file, 'utf8'), { columns: true }) as Readonly<Record<string, string>>[];
const written = async (name: string, ...lines: string[]) => {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
};
const label = (out: string, ...more: string[]) =>
  runHub('identity', 'label', '--input', people, '--id', 'id', '--out', out, '--export', ...more);

it('exports pairs to ask about, never one twice, and keeps what was answered', async () => {
  const out = join(folder, 'labels.csv');
  expect((await label(out, '--pairs', '5')).stdout).toContain('5 pairs to label');
  const first = await rowsOf(out);
  expect(Object.keys(first[0]!).slice(0, 5)).toEqual(['record_a', 'record_b', 'match', 'first_name_a', 'first_name_b']);
  const answered = (await readFile(out, 'utf8')).replace(/^([^,]+,[^,]+),,/m, '$1,yes,');
  await writeFile(out, answered);
  await label(out, '--pairs', '5');
  const both = await rowsOf(out);
  expect(new Set(both.map(({ record_a, record_b }) => `${record_a} ${record_b}`)).size).toBe(10);
  expect(both.filter(({ match }) => match === 'yes').length).toBe(1);
});

it('asks what a kept model is in doubt of, and trains another with the answers', async () => {
  const [model, out] = [join(folder, 'model'), join(folder, 'of-model.csv')];
  await runHub('identity', 'train', '--input', people, '--id', 'id', '--out', model);
  expect((await label(out, '--model', model, '--pairs', '4')).code).toBe(0);
  await writeFile(out, (await readFile(out, 'utf8')).replaceAll(/^([^,]+,r\d+),,/gm, '$1,no,'));
  const args = ['--input', people, '--id', 'id', '--out', model, '--labels', out];
  expect((await runHub('identity', 'train', ...args)).stdout).toContain('4 labels learned from, 0 of one person');
});

it.each([
  ['record_a,record_b,match', 'r1,nobody,yes', 'row 1: there is no record "nobody"'],
  ['record_a,record_b,match', 'r1,r2,perhaps', 'row 1: match is "perhaps"; expected yes, no, skip or nothing'],
  ['record_a,record_b,match', 'r1,r2,yes\nr2,r1,no', 'row 2: and row 1 say the opposite'],
  ['record_a,record,match', 'r1,r2,yes', '--labels: '],
])('refuses labels by name: %s %j', async (header, row, said) => {
  const labels = await written('bad.csv', header, row);
  const args = ['--input', people, '--id', 'id', '--out', join(folder, 'none'), '--labels', labels];
  const { code, stderr } = await runHub('identity', 'train', ...args);
  expect(code).toBe(1);
  expect(stderr).toContain(said);
});

it('names what it lacks', async () => {
  const args = ['identity', 'label', '--input', people, '--id', 'id'];
  expect((await runHub(...args, '--out', join(folder, 'x.csv'))).stderr).toContain('--export is missing');
  expect((await runHub(...args, '--export', '--out', 'x.parquet')).stderr).toContain('labels are written as csv');
  const other = await written('other.csv', 'id,name', '1,Ann');
  expect((await label(other)).stderr).toContain('has no column "record_a", so it is no file of labels');
});

describeWith(sharedFile('data/fake_1000.csv'), 'the fake thousand', (data) => {
  const evaluate = async (...more: string[]) => {
    const args = ['--input', data, '--id', 'unique_id', '--truth', 'cluster', '--json', ...more];
    return JSON.parse((await runHub('identity', 'evaluate', ...args)).stdout) as Evaluation;
  };

  it('is linked better with labels, and says how much of the truth they told', async () => {
    const out = join(folder, 'fake.csv');
    await runHub(
      ...['identity', 'label', '--input', data, '--id', 'unique_id', '--out', out, '--export', '--pairs', '100'],
    );
    const person = new Map((await rowsOf(data)).map(({ unique_id, cluster }) => [unique_id!, cluster!]));
    const said = (await rowsOf(out)).map(({ record_a, record_b }) =>
      [record_a, record_b, person.get(record_a!) === person.get(record_b!) ? 'yes' : 'no'].join(','),
    );
    const labels = await written('said.csv', 'record_a,record_b,match', ...said);
    const [before, after] = [await evaluate(), await evaluate('--labels', labels)];
    expect(after.labels).toMatchObject({ pairs: said.length, untrue: 0, contradicting: [] });
    expect(after.labels!.shareOfTruth).toBeLessThan(0.1);
    expect(after.clusters.f1).toBeGreaterThan(before.clusters.f1 + 0.01);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evaluation } from '../../adapters/local/identity/evaluate-file';
import type { ExplainedPair } from '../../adapters/local/identity/explain-file';
import { runHub } from '../support/hub-command';
import { describeWith, sharedFile } from '../support/shared';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-evaluate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function evaluate(...args: string[]): Promise<Evaluation> {
  const { code, stdout, stderr } = await runHub('identity', 'evaluate', ...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Evaluation;
}

const file = async (name: string, ...lines: string[]) => {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
};

describeWith(sharedFile('data/dataset3.csv'), 'FEBRL 3', (data) => {
  let path: string;
  beforeAll(async () => {
    const [header, ...rows] = (await readFile(data, 'utf8')).trim().split('\n');
    // Who is who stands in the record's id: rec-7-org and rec-7-dup-1 are one person.
    const labelled = rows.map((row) => `${row}, ${row.split('-')[1]}`);
    path = await file('dataset3.csv', `${header}, person`, ...labelled);
  });

  it('is linked nearly without a mistake, by settings inferred from its columns', async () => {
    const found = await evaluate('--input', path, '--id', 'rec_id', '--truth', 'person');
    expect(found.records).toBe(5000);
    expect(found.clusters.f1).toBeGreaterThanOrEqual(0.997);
    expect(found.pairs.blockingRecall).toBeGreaterThanOrEqual(0.99);
  });

  it('is linked alike when the settings that were printed are given back', async () => {
    const inferred = await evaluate('--input', path, '--id', 'rec_id', '--truth', 'person');
    const settings = await file('settings.yaml', JSON.stringify(inferred.settings));
    const given = await evaluate('--input', path, '--id', 'rec_id', '--truth', 'person', '--settings', settings);
    expect({ ...given, timings: {}, peakRssMb: 0 }).toEqual({ ...inferred, timings: {}, peakRssMb: 0 });
  });

  it('is linked across two files', async () => {
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    const [header, rows] = [lines[0] as string, lines.slice(1)];
    const part = (wanted: boolean) => rows.filter((row) => row.includes('-org') === wanted);
    const originals = await file('originals.csv', header, ...part(true));
    const duplicates = await file('duplicates.csv', header, ...part(false));
    const found = await evaluate('--input', `${originals},${duplicates}`, '--id', 'rec_id', '--truth', 'person');
    expect(found.records).toBe(5000);
    expect(found.pairs.f1).toBeGreaterThanOrEqual(0.99);
  });
});

describeWith(sharedFile('data/fake_1000.csv'), 'the fake thousand', (data) => {
  const compare = (pair: string, ...more: string[]) =>
    runHub('identity', 'compare', '--input', data, '--id', 'unique_id', '--pair', pair, ...more);

  it('tells why two records are one person, from the prior to the probability', async () => {
    const settings = await file(
      'fake.yaml',
      `fields: [${['first_name name personal', 'surname name household', 'dob date personal', 'email email personal']
        .map((own) => own.split(' '))
        .map(([column, kind, role]) => `{ column: ${column}, kind: ${kind}, role: ${role} }`)
        .join(', ')}]`,
    );
    const { stdout } = await compare('4,5', '--settings', settings, '--json');
    const explained = JSON.parse(stdout) as ExplainedPair;
    const sum = explained.comparisons.reduce((total, { weight }) => total + weight, explained.prior);
    expect(sum).toBeCloseTo(explained.weight, 9);
    expect(explained.probability).toBeGreaterThan(0.5);
    const chart = (await compare('4,5', '--settings', settings)).stdout.split('\n');
    expect(chart[0]).toMatch(/^prior +-\d/);
    expect(chart.at(-3)).toMatch(/^together +\+\d.*probability 9\d\.\d+ %$/);
  });

  it('names a record that there is not', async () => {
    expect((await compare('4,nobody')).stderr).toContain('--pair: ');
    expect((await compare('4')).stderr).toContain('--pair: give the names of two records');
  });

  it('is linked better than Splink links it', async () => {
    const found = await evaluate('--input', data, '--id', 'unique_id', '--truth', 'cluster');
    expect(found.clusters.f1).toBeGreaterThanOrEqual(0.9);
  });
});

describe('hub identity evaluate', () => {
  const people = ['id,person,name,city', '1,a,Ann Lee,Bonn', '2,a,Ann Leee,Bonn', '3,b,Otto Kim,Köln', '4,c,,'];

  it('names a column that only one of two files has', async () => {
    const one = await file('one.csv', ...people);
    const two = await file('two.csv', 'id,person,full', '9,a,Ann Lee');
    const settings = await file('s.yaml', 'fields: [{ column: name, kind: name, role: personal }]');
    const args = ['--input', `${one},${two}`, '--id', 'id', '--truth', 'person'];
    const { stderr } = await runHub('identity', 'evaluate', ...args, '--settings', settings);
    expect(stderr).toContain(`settings.fields.0.column: ${two} has no column "name"`);
    expect((await runHub('identity', 'evaluate', ...args)).stderr).toContain('no column that every file has');
  });

  it('prints a report, and settings to edit', async () => {
    const { code, stdout } = await runHub(
      'identity',
      'evaluate',
      '--input',
      await file('p.csv', ...people),
      '--id',
      'id',
      '--truth',
      'person',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^4 records of 3 people\n/);
    expect(stdout).toContain('  - column: name\n    kind: fullname\n    role: personal\n');
  });

  it('finds nothing where there is nothing to find, and says so', async () => {
    const path = await file('apart.csv', 'id,person,name', '1,a,Ann', '2,b,Otto', '3,c,Lena');
    const args = ['--input', path, '--id', 'id', '--truth', 'person'];
    expect(await evaluate(...args)).toMatchObject({ records: 3, pairs: { found: 0 }, clusters: { f1: 1 } });
    const { stdout } = await runHub('identity', 'evaluate', ...args);
    expect(stdout).toContain('no two records look like one person');
  });

  it.each([
    [['id,person,name'], '', '--input: ', 'no record; it takes two to link'],
    [['id,person,name', '1,a,Ann'], '', '--input: ', 'one record; it takes two to link'],
    [
      ['id,person,name,zip', '1,a,Ann,', '2,b,Otto, '],
      'fields: [{ column: name, kind: name, role: personal }, { column: zip, kind: postcode, role: place }]',
      'settings.fields.1.column: "zip" has no value in ',
      'leave the field out',
    ],
    [
      ['id,person,name', '1,a,Ann', '2,b,Ann'],
      '{ fields: [{ column: name, kind: name, role: personal }], blocking: [[name]], maxPairs: 1, threshold: 0 }',
      '',
      '',
    ],
    [
      ['id,person,name', '1,a,Ann', '2,b,Ann', '3,c,Ann'],
      '{ fields: [{ column: name, kind: name, role: personal }], blocking: [[name]], maxPairs: 1 }',
      'settings.blocking.0: "name" would compare 3 pairs, and settings.maxPairs allows 1',
      'add a key to the rule, or allow more',
    ],
  ])('refuses what cannot be linked: %j %s', async (rows, settings, start, end) => {
    const input = await file('bad.csv', ...rows);
    const given = settings === '' ? [] : ['--settings', await file('bad.yaml', settings)];
    const { stderr } = await runHub(
      'identity',
      'evaluate',
      '--input',
      input,
      '--id',
      'id',
      '--truth',
      'person',
      ...given,
    );
    expect(stderr).toContain(start);
    expect(stderr).toContain(end);
    if (start === '') expect(stderr).toBe('');
  });

  it.each([
    [['--id', 'idd', '--truth', 'person'], '--id: ', 'has no column "idd" (did you mean "id"?)'],
    [['--id', 'id', '--truth', 'who'], '--truth: ', 'has no column "who"'],
    [['--truth', 'person'], '--id is missing', ''],
  ])('names what is missing: %j', async (options, start, end) => {
    const { code, stderr } = await runHub(
      'identity',
      'evaluate',
      '--input',
      await file('p.csv', ...people),
      ...options,
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain(start);
    expect(stderr).toContain(end);
  });

  it('names the setting that is wrong', async () => {
    const path = await file('p.csv', ...people);
    const ask = async (settings: string) => {
      const given = await file('wrong.yaml', settings);
      return (
        await runHub('identity', 'evaluate', '--input', path, '--id', 'id', '--truth', 'person', '--settings', given)
      ).stderr;
    };
    const name = (column: string, kind = 'name') => `fields: [{ column: ${column}, kind: ${kind}, role: personal }]`;
    expect(await ask(name('nmae'))).toContain('p.csv has no column "nmae" (did you mean "name"?)');
    expect(await ask(name('name', 'nam'))).toContain('fields.0.kind');
    expect(await ask(`${name('name')}\nthreshold: 99`)).toContain('threshold');
  });

  it('says that no column tells anything of a person', async () => {
    const path = await file('nobody.csv', 'id,person,source', '1,a,crm', '2,a,web');
    const { stderr } = await runHub('identity', 'evaluate', '--input', path, '--id', 'id', '--truth', 'person');
    expect(stderr).toContain(
      'settings.fields: no column that every file has says anything of a person (columns: id, person, source)',
    );
  });
});

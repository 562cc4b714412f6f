import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';
import { runHub } from '../support/hub-command';

let folder: string;
let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
  // The command finds the credentials of nobody, as the tests of AWS's clients do.
  testConnection(moto.url, ['glue']);
  folder = await mkdtemp(join(tmpdir(), 'hub-athena-catalog-'));
  await cp('config', folder, { recursive: true });
}, ENGINE_START_MS);
afterAll(async () => {
  await moto.stop();
  await rm(folder, { recursive: true, force: true });
});

const catalog = (...args: string[]) => runHub('graph', 'athena-catalog', '--hub', folder, ...args);

it('is printed, written to Glue, and left alone the second time', async () => {
  const printed = await catalog('--print');
  expect(printed.code).toBe(0);
  const tables = JSON.parse(printed.stdout) as { name: string }[];
  expect(tables.map(({ name }) => name)).toContain('customer_journeys');

  expect(await catalog()).toMatchObject({ code: 1, stderr: expect.stringContaining('engines.aws') });
  await withAws();
  const written = await catalog();
  expect(JSON.parse(written.stdout)).toMatchObject({ database: 'journey_hub_graph', unchanged: 0 });
  const again = JSON.parse((await catalog()).stdout) as object;
  expect(again).toMatchObject({ created: [], updated: [], removed: [], unchanged: tables.length });
  const other = await catalog('--database', 'other');
  expect(JSON.parse(other.stdout)).toMatchObject({ database: 'other', unchanged: 0 });
});

it('is wrong usage with a name that Glue would change', async () => {
  expect(await catalog('--database', 'Graph')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--database'),
  });
});

async function withAws(): Promise<void> {
  const file = join(folder, 'hub.yaml');
  const engines = [
    'engines:',
    '  aws:',
    '    region: eu-central-1',
    `    endpoints: { glue: "${moto.url}" }`,
    '    lake: { bucket: lake }',
    '    neptune: { url: "https://cluster:8182" }',
    '',
  ];
  await writeFile(file, `${await readFile(file, 'utf8')}\n${engines.join('\n')}`);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLake } from '../../workers/check-lake';
import { openOpenRoom } from '../../workers/open-room';
import { roomHub } from '../support/room-nights';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-hub-check-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('says at start which engine of the lake does not answer, by its setting', async () => {
  const files = { folder: join(folder, 'shared'), location: 'file:///shared' };
  const engines = { trino: { url: 'http://127.0.0.1:1' }, files };
  const hub = await roomHub(join(folder, 'hub'), join(folder, 'landing'), { room: 'open', engines });
  await expect(checkLake(hub)).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    field: 'engines.trino',
    message: expect.stringMatching(/^hub\.yaml, engines\.trino: .*127\.0\.0\.1:1/),
  });
});

const trino = { url: 'https://127.0.0.1:1', passwordVariable: 'TRINO_PASSWORD' };
const postgres = { url: 'postgres://hub@127.0.0.1:1/kpis', passwordVariable: 'KPI_PASSWORD' };

it.each([
  ['Trino', {}, 'engines.trino.passwordVariable', 'TRINO_PASSWORD'],
  ['Trino, but is empty', { TRINO_PASSWORD: '' }, 'engines.trino.passwordVariable', 'TRINO_PASSWORD'],
  ['PostgreSQL', { TRINO_PASSWORD: 'x' }, 'engines.postgres.passwordVariable', 'KPI_PASSWORD'],
])('refuses to go without a password that is to be in a variable: of %s', async (_of, environment, field, variable) => {
  const files = { folder: join(folder, 'shared'), location: 'file:///shared' };
  const engines = { trino, postgres, files };
  const hub = await roomHub(join(folder, 'hub'), join(folder, 'landing'), { room: 'open', engines });
  const gremlin = { url: 'ws://127.0.0.1:1/gremlin', sharesFiles: false };
  const refused = {
    code: 'PASSWORD_MISSING',
    field,
    message: expect.stringMatching(`${field}: .*${variable}.*set it`),
  };
  await expect(openOpenRoom(hub, gremlin, environment)).rejects.toMatchObject(refused);
});

it('refuses it at start, too', async () => {
  const files = { folder: join(folder, 'shared'), location: 'file:///shared' };
  const hub = await roomHub(join(folder, 'hub'), join(folder, 'landing'), { room: 'open', engines: { trino, files } });
  await expect(checkLake(hub)).rejects.toMatchObject({ code: 'PASSWORD_MISSING' });
});

it.each([
  ['the open room', { room: 'open' }, ['engines.trino', 'engines.files']],
  ['the AWS room', { room: 'aws' }, ['engines.aws']],
])('refuses %s without the engines that it needs, naming each', async (_room, settings, fields) => {
  const failure: unknown = await roomHub(join(folder, 'hub'), join(folder, 'landing'), settings).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 'CONFIG_INVALID' });
  for (const field of fields) expect((failure as Error).message).toContain(`hub.yaml: ${field}: the room`);
});

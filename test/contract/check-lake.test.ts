import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLake } from '../../workers/check-lake';
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

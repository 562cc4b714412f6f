import { join } from 'node:path';
import { ThreadedResolver } from '../../adapters/local/identity/threaded-resolver';
import { identitySchema } from '../../schemas/identity';
import { crmProfile, samplePeople, shopProfile } from '../unit/identity/sample-profiles';
import { IdentityRoom } from '../unit/identity/identity-room';

const settings = identitySchema.parse({ rules: [{ name: 'email', match: ['email'] }] });

let room: IdentityRoom;
let threaded: ThreadedResolver;
beforeAll(async () => {
  room = await IdentityRoom.open();
  const people = samplePeople(500);
  await room.see(...people.map(crmProfile), ...people.map(shopProfile));
  const lakeFolder = join(room.folder, 'lake');
  const identityFolder = join(room.folder, 'identity');
  threaded = new ThreadedResolver({ lakeFolder, tempFolder: join(room.folder, 'thread'), settings, identityFolder });
});
afterAll(() => room.close());

const request = async () => ({ version: await room.lake.version(), mode: 'backfill' as const });

it('a thread resolves as its own does', async () => {
  const stages: string[] = [];
  const resolution = await threaded.resolve(await request(), { onStage: (stage) => stages.push(stage) });
  expect(resolution).toEqual(await room.resolver(settings).resolve(await request()));
  expect(stages).toEqual(['read', 'block', 'compare', 'chance', 'learn', 'cluster']);
});

it.each(['before it began', 'while it reads', 'while it computes'])('is cancelled %s', async (when) => {
  const stopping = new AbortController();
  if (when === 'before it began') stopping.abort();
  const onStage = () => stopping.abort();
  const resolving = threaded.resolve(await request(), { signal: stopping.signal, onStage });
  if (when === 'while it reads') stopping.abort();
  await expect(resolving).rejects.toMatchObject({ code: 'CANCELLED' });
});

it('a lake that cannot be read is an error that names what is wrong', async () => {
  const version = 4711;
  await expect(threaded.resolve({ version, mode: 'backfill' })).rejects.toThrow(/ENOENT/);
});

import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentityResolver, ResolutionRequest } from '../../../ports/identity-resolver';
import { identitySchema } from '../../../schemas/identity';
import { IdentityRoom } from './identity-room';
import { crmProfile, samplePeople, shopProfile } from './sample-profiles';

const settings = identitySchema.parse({
  rules: [{ name: 'email', match: ['email'], confidence: 0.98 }],
  probabilistic: { uniquePerSource: ['crm', 'shops'], minProfiles: 100, minMatches: 10 },
});
const people = samplePeople(261);
const [late, ...known] = [...people].reverse();

let learned: IdentityRoom;
let room: IdentityRoom;
beforeAll(async () => {
  learned = await IdentityRoom.open();
  await learned.see(...known.map(crmProfile), ...known.filter(({ number }) => number % 2 === 0).map(shopProfile));
  await learned.resolve(settings);
}, 120_000);
afterAll(() => learned.close());
beforeEach(async () => {
  room = await IdentityRoom.open();
  for (const part of ['lake', 'identity']) {
    await cp(join(learned.folder, part), join(room.folder, part), { recursive: true });
  }
});
afterEach(() => room.close());

const all = (table: string) => room.lake.rows<object>(`SELECT * FROM ${table} ORDER BY ALL`);
const kept = (...path: string[]) => join(room.folder, 'identity', ...path);
const model = () => readFile(kept('model.json'), 'utf8');
const request = async (own: Partial<ResolutionRequest>): Promise<ResolutionRequest> => {
  const [run] = await room.lake.rows<{ batch: string }>('SELECT max(batch) AS batch FROM identity_runs');
  return { version: await room.lake.version(), mode: 'incremental', last: run!.batch, ...own };
};

it('night after night what is new is taken into the index that the last one left', async () => {
  for (let night = 1; night <= 4; night++) {
    await room.see({ id: `web:${night}`, day: 20, source: 'web', email: `nobody-${night}@nowhere.example` });
    expect(await room.resolve(settings)).toMatchObject({ ran: 'incremental', lookedAt: 1, changes: 1 });
  }
});

it('a model is learned anew when that is asked for, also where nothing has changed since the last resolution', async () => {
  await room.see(crmProfile(late!));
  expect(await room.resolve(settings)).toMatchObject({ ran: 'incremental', model: { status: 'kept' } });
  const result = await room.resolve(settings, { mode: 'backfill' });
  expect(result).toMatchObject({ ran: 'backfill', model: { status: 'learned' }, changes: 0 });
  const version = await room.lake.version();
  for (const mode of ['backfill', 'incremental'] as const)
    expect(await room.resolve(settings, { mode })).toEqual(result);
  expect(await room.lake.version()).toBe(version);
});

it('a resolution of some days leaves to the others what holds them together', async () => {
  const [edges, identities] = [await all('identity_edges'), await all('identities')];
  await room.see({ id: 'web:1', day: 20, source: 'web', email: 'nobody@nowhere.example' });
  expect(await room.resolve(settings, { from: '2026-01-20' })).toMatchObject({ changesByKind: { new: 1 } });
  expect(await all('identity_edges')).toEqual(edges);
  expect(await all('identities')).toEqual(expect.arrayContaining(identities));
});

it('of a run that never came to the lake no model and no index stay', async () => {
  await room.see(crmProfile(late!));
  const before = await model();
  await room.resolver(settings).resolve(await request({ mode: 'backfill', run: 'cancelled' }));
  expect(await model()).toBe(before);
  expect(await room.resolve(settings)).toMatchObject({ ran: 'incremental', lookedAt: expect.any(Number) as number });
  expect(await model()).toBe(before);
});

it('what a run kept counts also where it was killed when it had told the lake, and no more', async () => {
  const before = await model();
  await room.see(crmProfile(late!));
  const own = room.resolver(settings);
  const killed: IdentityResolver = {
    resolve: (...asked) => own.resolve(...asked),
    confirm: () => Promise.reject(new Error('killed')),
  };
  await expect(room.resolve(settings, { mode: 'backfill' }, killed)).rejects.toThrow('killed');
  await room.see({ id: 'web:1', day: 20, source: 'web', email: 'nobody@nowhere.example' });
  expect(await room.resolve(settings)).toMatchObject({ ran: 'incremental' });
  expect(await model()).not.toBe(before);
});

/** Bytes that are others than were written, of a file that is as long as before. */
async function garble(path: string): Promise<void> {
  const bytes = await readFile(path);
  await writeFile(
    path,
    bytes.map((byte, at) => (at < 8 ? byte ^ 0x5a : byte)),
  );
}
const harms = [(path: string) => rm(path), (path: string) => truncate(path, 3), garble];

it('an index of which a file is lost, cut off or damaged is made anew, under the model that there is', async () => {
  const before = await model();
  const files = async () => (await readdir(kept('index'))).filter((file) => file.endsWith('.bin')).sort();
  const { length } = await files();
  for (let number = 0; number < length; number += 5) {
    const file = (await files())[number]!;
    const path = kept('index', file);
    await harms[number % harms.length]!(path);
    await room.see({ id: `web:${number}`, day: 20, source: 'web', email: `nobody-${number}@nowhere.example` });
    expect(await room.resolve(settings)).toMatchObject({
      ran: 'backfill',
      why: expect.stringContaining(file) as string,
      model: { status: 'kept' },
      changesByKind: { new: 1, merged: 0, split: 0, moved: 0 },
    });
    await room.see({ id: `app:${number}`, day: 21, source: 'app', email: `nobody-${number}@nowhere.example` });
    expect(await room.resolve(settings)).toMatchObject({ ran: 'incremental', changesByKind: { new: 1 } });
  }
  expect(await model()).toBe(before);
}, 120_000);

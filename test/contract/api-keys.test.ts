import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKeys } from '../../adapters/files/access/api-keys';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import type { ObjectStore } from '../../ports/object-store';

const DAY_MS = 86_400_000;

let folder: string;
let objects: ObjectStore;
let clock: number;
let keys: ApiKeys;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-keys-'));
  objects = await openFolderObjectStore(folder);
  clock = Date.UTC(2026, 0, 1);
  keys = new ApiKeys(objects, () => clock);
});
afterEach(async () => {
  await objects.close();
  await rm(folder, { recursive: true, force: true });
});

const desk = { name: 'desk', may: ['customers:read'], rows: { region: ['north'] } } as const;

it('a key is whoever it was made for', async () => {
  const { token } = await keys.create(desk);
  expect(await keys.callerOf(token)).toEqual({
    name: 'key:desk',
    may: new Set(['customers:read']),
    rows: { region: ['north'] },
  });
});

it('what is kept of a key does not tell its token', async () => {
  const { token } = await keys.create(desk);
  const [, , secret] = token.split('_');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
  expect(names).toHaveLength(1);
  expect(await readFile(join(folder, names[0]!), 'utf8')).not.toContain(secret!);
});

it('what is no key of the hub is refused, however near it is to one', async () => {
  const { token } = await keys.create(desk);
  const other = await keys.create(desk);
  const [prefix, id] = token.split('_');
  const [, , secretOfOther] = other.token.split('_');
  const wrong = [
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    `${prefix}_${id}_${secretOfOther}`,
    `${prefix}_${id}_`,
    `${prefix}_../../${id}_x`,
    `${token}x`,
  ];
  for (const one of wrong) await expect(keys.callerOf(one)).rejects.toMatchObject({ code: 'ACCESS_TOKEN_INVALID' });
  expect(await keys.callerOf('eyJhbGciOiJub25lIn0.e30.')).toBeUndefined();
});

it('a key is good as long as it was made for', async () => {
  const { token } = await keys.create({ ...desk, validMs: DAY_MS });
  clock += DAY_MS - 1;
  expect(await keys.callerOf(token)).toMatchObject({ name: 'key:desk' });
  clock += 1;
  await expect(keys.callerOf(token)).rejects.toMatchObject({ code: 'ACCESS_TOKEN_EXPIRED' });
});

it('a key that is rotated has a new secret, and the one before for a while', async () => {
  const { token, key } = await keys.create(desk);
  const second = await keys.rotate(key.id, DAY_MS);
  expect(await keys.callerOf(token)).toEqual(await keys.callerOf(second));
  clock += DAY_MS;
  await expect(keys.callerOf(token)).rejects.toMatchObject({ code: 'ACCESS_TOKEN_EXPIRED' });
  const third = await keys.rotate(key.id, 0);
  await expect(keys.callerOf(second)).rejects.toMatchObject({ code: 'ACCESS_TOKEN_INVALID' });
  expect(await keys.callerOf(third)).toMatchObject({ name: 'key:desk' });
});

it('a key that is revoked is good no more, in other processes seconds later', async () => {
  const { token, key } = await keys.create(desk);
  const elsewhere = new ApiKeys(objects, () => clock);
  expect(await elsewhere.callerOf(token)).toBeDefined();
  await keys.revoke(key.id);
  await expect(keys.callerOf(token)).rejects.toMatchObject({ code: 'ACCESS_TOKEN_INVALID' });
  clock += 10_000;
  await expect(elsewhere.callerOf(token)).rejects.toMatchObject({ code: 'ACCESS_TOKEN_INVALID' });
  await expect(keys.revoke(key.id)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
  await expect(keys.rotate('../../hub', 0)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
});

it('keys are listed in the order in which they were made', async () => {
  const names = ['third', 'first', 'second'];
  for (const name of names) {
    await keys.create({ ...desk, name });
    clock += 1;
  }
  expect((await keys.list()).map(({ name }) => name)).toEqual(names);
});

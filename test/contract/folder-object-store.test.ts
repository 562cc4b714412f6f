import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderObjectStore } from '../../adapters/local/objects/folder-object-store';
import { objectStoreContract, text } from './object-store-contract';

async function openEmpty() {
  const folder = await mkdtemp(join(tmpdir(), 'hub-test-folder-'));
  const open = () => openFolderObjectStore(join(folder, 'objects'));
  return { folder, store: await open(), reopen: open, close: () => rm(folder, { recursive: true, force: true }) };
}

objectStoreContract('a folder', openEmpty);

describe('a folder of objects', () => {
  it('refuses an object in the place of a folder, and below another object', async () => {
    const { store, close } = await openEmpty();
    await store.put('a/b', text('x'));
    for (const key of ['a', 'a/b/c']) {
      await expect(store.put(key, text('y'))).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
      await expect(store.putIfAbsent(key, text('y'))).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
    }
    await close();
  });

  it('forgets what was half-written more than a day ago, when it is opened', async () => {
    const { folder, reopen, close } = await openEmpty();
    for (const [name, age] of Object.entries({ old: 25, young: 23 })) {
      const path = join(folder, 'objects.drafts', name);
      await writeFile(path, 'half');
      const time = Date.now() / 1_000 - age * 3_600;
      await utimes(path, time, time);
    }
    await reopen();
    expect(await readdir(join(folder, 'objects.drafts'))).toEqual(['young']);
    await close();
  });
});

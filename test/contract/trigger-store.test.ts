import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTriggerStore } from '../../adapters/local/milestones/local-trigger-store';
import type { TriggerStore } from '../../ports/trigger-store';
import { triggerStoreContract } from './trigger-store-contract';

triggerStoreContract('LMDB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hub-test-triggers-'));
  const opened: TriggerStore[] = [];
  const open = async () => {
    const store = await openTriggerStore(join(folder, 'triggers.mdb'));
    opened.push(store);
    return store;
  };
  return {
    store: await open(),
    reopen: open,
    close: async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

import { LakeKpiStore } from '../../adapters/sql/kpis/lake-kpi-store';
import { holdInLake } from '../support/kpi-content';
import { openTestRoom } from '../support/local-room';
import { openTrinoLake } from '../support/trino-lake';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { kpiStoreContract } from './kpi-store-contract';

kpiStoreContract('the local lake', async () => {
  const { lake, close } = await openTestRoom();
  return { store: new LakeKpiStore(lake), hold: (rows) => holdInLake(lake, rows), close };
});

describe('a lake in Trino', () => {
  let trino: TrinoServer;
  beforeAll(async () => {
    trino = await startTrino();
  }, 600_000);
  afterAll(() => trino.stop());

  kpiStoreContract('Trino', async () => {
    const { lake, close } = await openTrinoLake(trino);
    return { store: new LakeKpiStore(lake), hold: (rows) => holdInLake(lake, rows), close };
  });
});

import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { openTestRoom } from '../support/local-room';
import { openTrinoLake } from '../support/trino-lake';
import { historiesContract } from './histories-contract';

let trino: TrinoServer;
beforeAll(async () => {
  trino = await startTrino();
}, 600_000);
afterAll(() => trino?.stop());

historiesContract('DuckDB', () => openTestRoom());
historiesContract('Trino, for Athena', () => openTrinoLake(trino));

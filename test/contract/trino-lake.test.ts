import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { openTrinoLake } from '../support/trino-lake';
import { lakeContract } from './lake-contract';

let server: TrinoServer;
beforeAll(async () => {
  server = await startTrino();
}, 600_000);
afterAll(() => server.stop());

lakeContract('Trino with Iceberg', () => openTrinoLake(server));

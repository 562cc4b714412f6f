import { openAthenaLake, startTestAthena, type TestAthena } from '../support/athena-lake';
import { lakeContract } from './lake-contract';

let athena: TestAthena;
beforeAll(async () => {
  athena = await startTestAthena();
}, 600_000);
afterAll(() => athena.stop());

lakeContract('Athena with Iceberg', () => openAthenaLake(athena));

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** A DuckDB in memory for the tests of a file. */
export function duckDbForTests(): () => DuckDBConnection {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return () => connection;
}

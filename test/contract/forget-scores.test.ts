import { MockActivityEnvironment } from '@temporalio/testing';
import { createNightlyActivities } from '../../activities/nightly';
import { consumed } from '../../activities/pending-batches';
import { customerScoresSql, newestScoresSql, scoringRunSql, watchSql } from '../../core/propensity/scores-sql';
import type { Lake } from '../../ports/lake';
import { hubSchema } from '../../schemas/hub';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { openTestRoom } from '../support/local-room';
import { openTrinoLake } from '../support/trino-lake';

const DAY = 86_400_000;

let trino: TrinoServer;
beforeAll(async () => {
  trino = await startTrino();
}, 600_000);
afterAll(() => trino?.stop());

/** Scorings of Ann and Bert, one a day of some days, in the three tables that have something of them. */
async function score(lake: Lake, model: string, days: readonly number[]): Promise<void> {
  const runs = days.map((day) => ({ run: `${model}:v1:${day}`, model, version: 'v1', cutOff: day * DAY }));
  const rows = runs.flatMap(({ run, cutOff }) =>
    ['ann', 'bert'].map((customer) => {
      const at = lake.dialect.timestampOf(String(cutOff));
      return `SELECT '${run}' AS run, '${model}' AS model, 'v1' AS version, 'f' AS features, '${customer}' AS customer_id,
  ${at} AS cut_off, CAST(0.5 AS DOUBLE) AS score, CAST(NULL AS VARCHAR) AS class`;
    }),
  );
  const select = rows.join('\nUNION ALL ');
  await lake.commit({ key: `${model} scores`, writes: [{ table: 'propensity_scores', mode: 'append', select }] });
  const found = { columns: { findings: 'VARCHAR', about: 'VARCHAR' }, batches: [{ rows: 1, columns: NOTHING_FOUND }] };
  const whole = runs.map((run) => `SELECT * FROM (${scoringRunSql(run, lake.dialect)}) AS scored`).join('\nUNION ALL ');
  const watched = runs.map((run) => `SELECT * FROM (${watchSql(run, lake.dialect)}) AS watched`).join('\nUNION ALL ');
  await lake.commit({
    key: `${model} is whole`,
    inputs: { found },
    writes: [
      { table: 'propensity_runs', mode: 'append', select: whole },
      { table: 'model_watch', mode: 'append', select: watched },
    ],
  });
}

const NOTHING_FOUND = { findings: ['[]'], about: ['null'] };

async function runsIn(lake: Lake, table: string): Promise<string[]> {
  const rows = await lake.rows<{ run: string }>(`SELECT DISTINCT run FROM ${table} ORDER BY run`);
  return rows.map(({ run }) => run);
}

describe.each<[string, () => Promise<{ lake: Lake; close(): Promise<void> }>]>([
  ['DuckDB', () => openTestRoom()],
  ['Trino, for Athena', () => openTrinoLake(trino)],
])('old scores, in %s', (_, open) => {
  it('go with the night, but for what is told of a customer and what the graph has', async () => {
    const { lake, close } = await open();
    try {
      const settings = hubSchema.parse({ name: 'test', timezone: 'UTC', propensity: { keepScores: '10d' } });
      const landingZone = { sweep: async () => undefined };
      const { vacuumLake } = createNightlyActivities({ lake, landingZone, settings, sources: [] });
      const vacuum = () => new MockActivityEnvironment().run(vacuumLake);
      const days = Array.from({ length: 50 }, (_, day) => 100 + day);
      await score(lake, 'churn', days);
      await score(lake, 'fraud', [100, 101]);
      await lake.commit({ key: 'told', ...consumed('scores', ['churn:v1:103']) });
      const told = () => lake.rows(customerScoresSql('ann', lake.dialect));
      const newest = () => lake.rows(`SELECT * FROM (${newestScoresSql}) AS newest ORDER BY model, customer_id`);
      const before = [await told(), await newest()];

      await vacuum();
      expect([await told(), await newest()]).toEqual(before);
      const kept = [103, ...days.slice(-30)].map((day) => `churn:v1:${day}`);
      for (const table of ['propensity_scores', 'propensity_runs', 'model_watch']) {
        expect(await runsIn(lake, table)).toEqual([...kept, 'fraud:v1:100', 'fraud:v1:101']);
      }
      const version = await lake.version();
      await vacuum();
      expect(await lake.version()).toBe(version);
    } finally {
      await close();
    }
  }, 300_000);
});

import { modelRunSql } from '../../core/propensity/model-runs-sql';
import { customerScoresSql, newestScoresSql, scoresSql, scoringRunSql } from '../../core/propensity/scores-sql';
import { openTestRoom, type TestRoom } from '../support/local-room';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom();
});
afterAll(() => room?.close());

const CUT_OFF = Date.UTC(2026, 0, 1);
let moment = CUT_OFF;

async function deploy(version: string): Promise<void> {
  const { lake } = room;
  const at = moment++;
  const run = modelRunSql({ model: 'churn', version, status: 'deployed', at }, lake.dialect);
  const inputs = { about: { columns: { about: 'VARCHAR' }, batches: [{ rows: 1, columns: { about: [null] } }] } };
  await lake.commit({ key: `deploy ${at}`, inputs, writes: [{ table: 'model_runs', mode: 'append', select: run }] });
}

async function score(version: string, value: number): Promise<void> {
  const { lake } = room;
  const run = { run: `churn:${version}:${CUT_OFF}`, model: 'churn', version, cutOff: CUT_OFF };
  const columns = { customer_id: ['ann'], score: [value], class: [null], features: ['f'] };
  const types = { customer_id: 'VARCHAR', score: 'DOUBLE', class: 'VARCHAR', features: 'VARCHAR' };
  const inputs = { scored: { columns: types, batches: [{ rows: 1, columns }] } };
  const writes = (table: 'propensity_scores' | 'propensity_runs', select: string) => [
    { table, mode: 'append' as const, select },
  ];
  await lake.commit({ key: run.run, inputs, writes: writes('propensity_scores', scoresSql(run, lake.dialect)) });
  await lake.commit({ key: `${run.run}!`, writes: writes('propensity_runs', scoringRunSql(run, lake.dialect)) });
}

it('of two versions that were asked of the same moment, the one that was deployed last is told, whatever it is called', async () => {
  const { lake } = room;
  const told = async () => {
    const [kpis] = await lake.rows<{ version: string }>(newestScoresSql);
    const [of] = await lake.rows<{ version: string }>(customerScoresSql('ann', lake.dialect));
    return [kpis!.version, of!.version];
  };
  await deploy('b');
  await score('b', 0.1);
  expect(await told()).toEqual(['b', 'b']);
  await deploy('a');
  await score('a', 0.2);
  expect(await told()).toEqual(['a', 'a']);
  await deploy('c');
  await score('c', 0.3);
  expect(await told()).toEqual(['c', 'c']);
  // Who goes back to one that was asked before is told by it at once.
  await deploy('b');
  expect(await told()).toEqual(['b', 'b']);
});

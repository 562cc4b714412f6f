import { freePort } from '../../adapters/local/engines/ports';
import { runHub } from '../support/hub-command';

const before = { ...process.env };
let address: string;
beforeAll(async () => {
  address = `127.0.0.1:${await freePort()}`;
  Object.assign(process.env, { TEMPORAL_ADDRESS: address, GREMLIN_URL: 'ws://127.0.0.1:1/gremlin' });
});
afterAll(() => {
  process.env = before;
});

it.each(['worker', 'api', 'backlog'])(
  'hub %s says in one line that no Temporal answers, and fails',
  async (command) => {
    const { code, stderr } = await runHub(command, '--hub', 'config');
    expect(stderr).toMatch(/^hub: no Temporal server answers at [^\n]+\n$/);
    for (const named of [address, 'engines.temporal.address', 'TEMPORAL_ADDRESS']) expect(stderr).toContain(named);
    expect(code).toBe(1);
  },
);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOpenRoom } from '../../workers/open-room';
import { startPostgres, type PostgresServer } from '../stand-ins/postgres-server';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { startTestGremlin, type TestGremlin } from '../support/engines';
import { NIGHTS, localNights, nightsOf, roomHub, writeRoomsWorld, type RoomContents } from '../support/room-nights';
import { sameContents } from '../support/same-contents';
import { bundleWorkflows } from '../support/temporal';

const NIGHTS_MS = 900_000;

let folder: string;
let trino: TrinoServer;
let gremlin: TestGremlin;
let postgres: PostgresServer;
let local: RoomContents;
let room: RoomContents;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-hub-rooms-'));
  const [landing, bundle] = await Promise.all([writeRoomsWorld(folder), bundleWorkflows()]);
  local = await localNights(folder, landing, bundle);
  [trino, gremlin, postgres] = await Promise.all([startTrino(), startTestGremlin(), startPostgres()]);
  const { url, catalog } = trino.address;
  const files = { folder: join(trino.folder, 'shared'), location: 'local:///shared' };
  const hub = await roomHub(join(folder, 'open'), landing, {
    room: 'open',
    engines: { trino: { url, catalog }, files, postgres: { url: postgres.url } },
  });
  room = await nightsOf(hub, () => openOpenRoom(hub, { url: gremlin.url, sharesFiles: true }), bundle);
}, NIGHTS_MS);

afterAll(async () => {
  await gremlin?.stop();
  await trino?.stop();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

sameContents('open', () => ({ local, room }));

it('the open room used what it promises', async () => {
  const [tables] = await trino.session.rows<{ n: bigint }>(
    "SELECT count(*) AS n FROM lake.information_schema.tables WHERE table_schema = 'hub'",
  );
  const [events] = await trino.session.rows<{ n: bigint }>('SELECT count(*) AS n FROM lake.hub.events');
  expect(Number(events!.n)).toBe(local.lake.events.length);
  const { rows: contents } = await postgres.client.query('SELECT revision FROM journey_hub.contents');
  expect(contents).toHaveLength(NIGHTS.length);
  process.stdout.write(
    `the open room used ${contents.length} contents of PostgreSQL and ${tables!.n} tables of Trino with Iceberg\n`,
  );
});

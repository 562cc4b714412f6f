import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lakeTableNames, type LakeTable } from '../../core/lake/tables';
import { openLocalRoom } from '../../workers/local-room';
import { openOpenRoom } from '../../workers/open-room';
import { startTrino, type TrinoServer } from '../stand-ins/trino-server';
import { startTestGremlin, type TestGremlin } from '../support/engines';
import { graphContents, lakeContents } from '../support/lake-contents';
import { roomHub, runNights, writeRoomsWorld } from '../support/room-nights';
import { bundleWorkflows } from '../support/temporal';

const ROOMS_MS = 900_000;

interface Contents {
  readonly lake: Record<LakeTable, string[]>;
  readonly graph: string[];
}

let folder: string;
let trino: TrinoServer;
let local: Contents;
let open: Contents;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-hub-rooms-'));
  const [landing, bundle] = await Promise.all([writeRoomsWorld(folder), bundleWorkflows()]);
  trino = await startTrino();
  const nights = async (settings: object, name: string, openRoom: typeof openLocalRoom): Promise<Contents> => {
    const gremlin: TestGremlin = await startTestGremlin();
    const hub = await roomHub(join(folder, name), landing, settings);
    const room = await openRoom(hub, { url: gremlin.url, sharesFiles: true });
    try {
      await runNights(hub, room, bundle);
      return { lake: await lakeContents(room.lake), graph: await graphContents(room.graph) };
    } finally {
      await room.close();
      await gremlin.stop();
    }
  };
  local = await nights({}, 'local', openLocalRoom);
  const { url, catalog } = trino.address;
  const files = { folder: join(trino.folder, 'shared'), location: 'local:///shared' };
  open = await nights({ room: 'open', engines: { trino: { url, catalog }, files } }, 'open', openOpenRoom);
}, ROOMS_MS);

afterAll(async () => {
  await trino?.stop();
  await rm(folder, { recursive: true, force: true });
});

it.each(lakeTableNames)('the open room has the same %s as the local room', (table) => {
  expect(open.lake[table]).toEqual(local.lake[table]);
});

it('the open room has the same graph as the local room', () => {
  expect(open.graph).toEqual(local.graph);
});

it('something of everything is there to compare', () => {
  const empty = lakeTableNames.filter((table) => local.lake[table].length === 0);
  expect(empty).toEqual(['identity_assertions', 'identity_answers']);
});

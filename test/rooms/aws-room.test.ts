import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { clientConfig } from '../../adapters/aws/client-policy';
import { triggerTables } from '../../adapters/aws/dynamodb/trigger-tables';
import { openS3ObjectStore } from '../../adapters/aws/s3/s3-object-store';
import { openAwsRoom } from '../../workers/aws-room';
import { NeptuneFront } from '../stand-ins/neptune-front';
import { FrontLoader } from '../stand-ins/neptune-loader';
import { startPostgres, type PostgresServer } from '../stand-ins/postgres-server';
import { startRedshiftFront, type RedshiftFront } from '../stand-ins/redshift-front';
import { BUCKET, startTestAthena, type TestAthena } from '../support/athena-lake';
import { testConnection } from '../support/aws';
import { createTables } from '../support/dynamo-tables';
import { localNights, nightsOf, roomHub, writeRoomsWorld, type RoomContents } from '../support/room-nights';
import { sameContents } from '../support/same-contents';
import { bundleWorkflows } from '../support/temporal';

const NIGHTS_MS = 900_000;
/** The front looks at the whole graph after every request. */
const CUSTOMERS = 60;

let folder: string;
let athena: TestAthena;
let neptune: NeptuneFront;
let loader: FrontLoader;
let postgres: PostgresServer;
let redshift: RedshiftFront;
let local: RoomContents;
let room: RoomContents;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-hub-rooms-'));
  const [landing, bundle] = await Promise.all([writeRoomsWorld(folder, CUSTOMERS), bundleWorkflows()]);
  local = await localNights(folder, landing, bundle);
  [athena, neptune, postgres] = await Promise.all([startTestAthena(), NeptuneFront.start(), startPostgres()]);
  const { moto, front } = athena;
  redshift = await startRedshiftFront(postgres.url, moto.url);
  await upload(landing, moto.url);
  const store = openS3ObjectStore(testConnection(moto.url, ['s3']), { bucket: BUCKET, prefix: 'lake/' });
  loader = new FrontLoader(neptune, store, `s3://${BUCKET}/lake/`);
  neptune.httpPart = loader.answer;
  const admin = new DynamoDBClient(clientConfig('dynamodb', testConnection(moto.url, ['dynamodb'])));
  await createTables(admin, triggerTables('rooms-'));
  admin.destroy();
  const aws = {
    region: 'eu-central-1',
    endpoints: { athena: front.url, dynamodb: moto.url, 'redshift-data': redshift.url, s3: moto.url },
    lake: { bucket: BUCKET, database: 'rooms' },
    neptune: { url: neptune.url, iam: false, loaderRole: 'arn:aws:iam::1:role/loader', bulkFrom: 2_000 },
    triggers: { prefix: 'rooms-' },
    redshift: { workgroup: 'hub', database: 'dev', copyRole: 'arn:aws:iam::1:role/copy' },
  };
  const hub = await roomHub(join(folder, 'aws'), landing, { room: 'aws', engines: { aws } });
  room = await nightsOf(hub, () => openAwsRoom(hub), bundle);
}, NIGHTS_MS);

afterAll(async () => {
  await neptune?.stop();
  await redshift?.stop();
  await postgres?.stop();
  await athena?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The exports arrive in S3. */
async function upload(landing: string, url: string): Promise<void> {
  const arrivals = openS3ObjectStore(testConnection(url, ['s3']), { bucket: BUCKET, prefix: 'landing/' });
  const entries = await readdir(landing, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    await arrivals.upload(path, path.slice(landing.length + 1));
  }
  await arrivals.close();
}

sameContents('AWS', () => ({ local, room }));

it('the AWS room used what it promises', async () => {
  const admin = new DynamoDBClient(clientConfig('dynamodb', testConnection(athena.moto.url, ['dynamodb'])));
  const triggers = await admin.send(new ScanCommand({ TableName: 'rooms-triggers', Select: 'COUNT' }));
  admin.destroy();
  const used = {
    'queries of Athena': athena.front.queries.length,
    'requests of Neptune': neptune.gremlinRequests,
    'bulk loads of Neptune': loader.started.length,
    'loads of Redshift': redshift.statements.filter((sql) => sql.startsWith('COPY')).length,
    'items in DynamoDB': triggers.Count,
  };
  expect(Object.entries(used).filter(([, times]) => !times)).toEqual([]);
  process.stdout.write(`the AWS room used ${JSON.stringify(used)}\n`);
});

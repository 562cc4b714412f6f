import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from '../../adapters/aws/client-policy';
import { openS3ObjectStore } from '../../adapters/aws/s3/s3-object-store';
import { ensureInput } from '../../starters/cli/ensure-input';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';
import { roomHub } from '../support/room-nights';

const BUCKET = 'hub-input';
const SAMPLE = { customers: 30, days: 20, seed: 7 };
let moto: MotoServer;
let folder: string;

beforeAll(async () => {
  moto = await startMoto();
}, ENGINE_START_MS);
afterAll(() => moto.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-input-'));
  await moto.reset();
  const admin = new S3Client({ ...clientConfig('s3', testConnection(moto.url, ['s3'])), forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  await admin.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
  admin.destroy();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hubOf = (settings: object) =>
  roomHub(folder, join(folder, 'landing'), {
    room: 'aws',
    engines: {
      aws: {
        region: 'eu-central-1',
        endpoints: { s3: moto.url },
        lake: { bucket: BUCKET },
        neptune: { url: 'http://127.0.0.1:1', iam: false },
      },
    },
    ...settings,
  });
const goOn = new AbortController().signal;

async function arrived(): Promise<string[]> {
  const objects = openS3ObjectStore(testConnection(moto.url, ['s3']), { bucket: BUCKET, prefix: 'landing/' });
  const keys: string[] = [];
  for await (const { key } of objects.list('')) keys.push(key);
  await objects.close();
  return keys;
}

it('the sample of a hub in AWS arrives in its bucket, once', async () => {
  const hub = await hubOf({ sample: SAMPLE });
  await ensureInput(hub, goOn);
  const keys = await arrived();
  expect(keys).toContain('crm/crm-2026-01-20.csv');
  await ensureInput(hub, goOn);
  expect(await arrived()).toEqual(keys);
});

it('a sample that was cut off while it was sent arrives whole the next time', async () => {
  const hub = await hubOf({ sample: SAMPLE });
  const world = join(hub.dataFolder, 'tmp/sample/crm');
  await mkdir(world, { recursive: true });
  await writeFile(join(world, 'rest.csv'), 'rest');
  await ensureInput(hub, goOn);
  expect(await arrived()).toEqual(['crm/rest.csv']);
});

it('a hub whose bucket is empty, and that wants no sample, says where files are to go', async () => {
  await expect(ensureInput(await hubOf({}), goOn)).rejects.toMatchObject({
    code: 'NO_INPUT',
    message: expect.stringContaining(`s3://${BUCKET}/landing`),
  });
});

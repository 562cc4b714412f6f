import { DescribeModelPackageCommand, ListModelPackagesCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { clientConfig } from '../../adapters/aws/client-policy';
import { SageMakerModelPackages } from '../../adapters/aws/sagemaker/model-packages';
import { EXPIRED_TOKEN, FaultProxy, THROTTLED, isOperation } from '../stand-ins/fault-proxy';
import { startMoto, type MotoServer } from '../stand-ins/moto-server';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';

let moto: MotoServer;
let proxy: FaultProxy;
let admin: SageMakerClient;
let packages: SageMakerModelPackages;
beforeAll(async () => {
  moto = await startMoto();
  proxy = await FaultProxy.start(moto.url);
  admin = new SageMakerClient(clientConfig('sagemaker', testConnection(moto.url, ['sagemaker'])));
  packages = new SageMakerModelPackages(testConnection(proxy.url, ['sagemaker']), {
    ...{ name: 'hub', image: '1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5', location: 's3://b/lake' },
  });
}, ENGINE_START_MS);
afterAll(async () => {
  packages?.close();
  admin?.destroy();
  await proxy?.stop();
  await moto?.stop();
});
beforeEach(async () => {
  proxy.reset();
  await moto.reset();
});

async function versionsOf(model: string) {
  const { ModelPackageSummaryList: list = [] } = await admin.send(
    new ListModelPackagesCommand({ ModelPackageGroupName: `hub-${model}` }),
  );
  return Promise.all(
    list.map(({ ModelPackageArn }) =>
      admin.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn })),
    ),
  );
}
const churn = (version: string) => ({ model: 'churn', version });

it('a version that was learned waits in the group of its model, with the archive and its measures, once', async () => {
  await packages.register(churn('2026-01-01-a'), { auc: 0.8, rows: 900 });
  await packages.register(churn('2026-01-01-a'), { auc: 0.8, rows: 900 });
  const versions = await versionsOf('churn');
  expect(versions).toHaveLength(1);
  expect(versions[0]).toMatchObject({
    ModelApprovalStatus: 'PendingManualApproval',
    ModelPackageDescription: '2026-01-01-a',
    InferenceSpecification: {
      Containers: [{ ModelDataUrl: 's3://b/lake/models/churn/2026-01-01-a/model.tar.gz' }],
    },
    CustomerMetadataProperties: { auc: '0.8', hubVersion: '2026-01-01-a' },
  });
});

it.each([
  ['deployed', 'Approved'],
  ['rejected', 'Rejected'],
  ['refused', 'Rejected'],
  ['expired', 'Rejected'],
] as const)('one that is %s is %s there, with the reason; the others stay as they are', async (status, approval) => {
  await packages.register(churn('v1'), {});
  await packages.register(churn('v2'), {});
  await packages.decide(churn('v1'), status, 'Kim: "so"\n\tit is 😀');
  const versions = await versionsOf('churn');
  const told = versions.map((one) => [one.ModelPackageDescription, one.ModelApprovalStatus, one.ApprovalDescription]);
  expect(told.sort()).toEqual([
    ['v1', approval, `${status}: Kim: "so" it is 😀`],
    ['v2', 'PendingManualApproval', undefined],
  ]);
});

it('nothing is decided of what was never registered', async () => {
  await packages.decide(churn('v1'), 'deployed', 'no');
  await packages.register(churn('v2'), {});
  await packages.decide(churn('v1'), 'deployed', 'no');
  expect(await versionsOf('churn')).toMatchObject([{ ModelApprovalStatus: 'PendingManualApproval' }]);
});

it('takes as much of a reason as SageMaker does, and refuses names that it does not', async () => {
  await packages.register(churn('v1'), {});
  await packages.decide(churn('v1'), 'rejected', '😀'.repeat(2_000));
  const [told] = await versionsOf('churn');
  expect(told!.ApprovalDescription).toMatch(/^rejected: (😀)+$/u);
  expect(told!.ApprovalDescription!.length).toBeLessThanOrEqual(1_024);
  await expect(packages.register({ model: 'm'.repeat(61), version: 'v1' }, {})).rejects.toMatchObject({
    code: 'MODEL_NAME_TOO_LONG',
  });
});

it('asks again where SageMaker throttles, and tells of credentials that expired', async () => {
  for (const operation of ['CreateModelPackageGroup', 'ListModelPackages', 'CreateModelPackage']) {
    proxy.order(1, THROTTLED, isOperation(operation));
  }
  await packages.register(churn('v1'), {});
  proxy.order(1, THROTTLED, isOperation('UpdateModelPackage'));
  await packages.decide(churn('v1'), 'deployed', 'good');
  expect(await versionsOf('churn')).toMatchObject([{ ModelApprovalStatus: 'Approved' }]);
  proxy.order(1, EXPIRED_TOKEN, isOperation('ListModelPackages'));
  await expect(packages.register(churn('v1'), {})).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED' });
});

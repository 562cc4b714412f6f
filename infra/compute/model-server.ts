import { Duration } from 'aws-cdk-lib';
import { ContainerDependencyCondition, ContainerImage, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { MODELS_PREFIX } from '../data/lake';
import { API_PORT } from '../network/network-stack';
import { DATA_FOLDER } from './hub-environment';
import { HubService } from './hub-service';
import type { ServiceContext } from './service-context';
import { allowModelServer } from './task-permissions';

const MODEL = `${DATA_FOLDER}/model`;
/** AWS's own, for the one thing that it does: it fetches a folder. */
const FETCHER = 'public.ecr.aws/aws-cli/aws-cli:2.27.50';

/**
 * The model server of identities, for those who do not host it on SageMaker. A container before it fetches the newest model
 * (`models/identity/`).
 */
export class ModelServer extends Construct {
  readonly hub: HubService;

  constructor(scope: Construct, id: string, { config, data, network, cluster, environment }: ServiceContext) {
    super(scope, id);
    const { modelServer } = config.compute;
    this.hub = new HubService(this, 'Hub', {
      config,
      cluster,
      securityGroup: network.workers,
      repository: data.images.modelServer,
      command: ['serve'],
      size: modelServer,
      tasks: modelServer.tasks.min,
      environment: { SM_MODEL_DIR: MODEL, AWS_REGION: environment['AWS_REGION']! },
      port: API_PORT,
      healthCheck: {
        command: [
          'CMD',
          'node',
          '-e',
          `fetch('http://127.0.0.1:${API_PORT}/ping').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`,
        ],
        interval: Duration.seconds(15),
        startPeriod: Duration.seconds(120),
      },
    });
    allowModelServer(this.hub.taskRole, data);
    const fetcher = this.hub.service.taskDefinition.addContainer('fetch-model', {
      image: ContainerImage.fromRegistry(FETCHER),
      essential: false,
      command: [
        's3',
        'sync',
        '--only-show-errors',
        `s3://${data.lake.bucket.bucketName}/${MODELS_PREFIX}/identity/`,
        MODEL,
      ],
      logging: LogDrivers.awsLogs({ streamPrefix: 'fetch', logGroup: this.hub.logs }),
      readonlyRootFilesystem: true,
    });
    fetcher.addMountPoints({ sourceVolume: 'data', containerPath: DATA_FOLDER, readOnly: false });
    this.hub.container.addContainerDependencies({
      container: fetcher,
      condition: ContainerDependencyCondition.SUCCESS,
    });
    if (modelServer.tasks.min > 0) {
      this.hub.service
        .autoScaleTaskCount({ minCapacity: modelServer.tasks.min, maxCapacity: modelServer.tasks.max })
        .scaleOnCpuUtilization('Processors', { targetUtilizationPercent: 60 });
    }
  }
}

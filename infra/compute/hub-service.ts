import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import {
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  PropagatedTagSource,
  type ContainerDefinition,
  type HealthCheck,
  type ICluster,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, justifyWildcards } from '../acknowledged';
import type { InfraConfig } from '../config';
import { DATA_FOLDER } from './hub-environment';

export interface HubServiceProps {
  readonly config: InfraConfig;
  readonly cluster: ICluster;
  readonly securityGroup: ISecurityGroup;
  readonly repository: IRepository;
  /** The arguments of the image's program. */
  readonly command: string[];
  readonly size: { readonly cpu: number; readonly memoryMb: number; readonly diskGb?: number };
  readonly tasks: number;
  readonly environment: Record<string, string>;
  /** By variables of the environment. */
  readonly secrets?: Readonly<Record<string, Secret>>;
  readonly port?: number;
  readonly healthCheck?: HealthCheck;
  /** How many may be away, and how many there may be besides, while a release is rolled out: per cent. */
  readonly rollOut?: { readonly least: number; readonly most: number };
  /** How long a task may take to end what it does: 120 s at most. */
  readonly stopSeconds?: number;
}

/** A service of tasks that run one of the hub's images, as nobody but themselves and on a file system that is read-only. */
export class HubService extends Construct {
  readonly service: FargateService;
  readonly container: ContainerDefinition;
  readonly taskRole: Role;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: HubServiceProps) {
    super(scope, id);
    const { config, size, repository, secrets, port, rollOut } = props;
    this.logs = new LogGroup(this, 'Logs', { retention: config.logDays });
    const byTasks = new ServicePrincipal('ecs-tasks.amazonaws.com');
    this.taskRole = new Role(this, 'TaskRole', { assumedBy: byTasks, description: `what ${id} may` });
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu: size.cpu,
      memoryLimitMiB: size.memoryMb,
      ...(size.diskGb === undefined ? {} : { ephemeralStorageGiB: size.diskGb }),
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: this.taskRole,
      volumes: [{ name: 'data' }, { name: 'tmp' }],
    });
    this.container = task.addContainer('hub', {
      image: ContainerImage.fromEcrRepository(repository, config.compute.imageTag),
      command: props.command,
      environment: props.environment,
      ...(secrets === undefined ? {} : { secrets: { ...secrets } }),
      logging: LogDrivers.awsLogs({ streamPrefix: 'hub', logGroup: this.logs }),
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(props.stopSeconds ?? 30),
      ...(port === undefined ? {} : { portMappings: [{ containerPort: port }] }),
      ...(props.healthCheck === undefined ? {} : { healthCheck: props.healthCheck }),
    });
    this.container.addMountPoints(
      { sourceVolume: 'data', containerPath: DATA_FOLDER, readOnly: false },
      { sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false },
    );
    this.service = new FargateService(this, 'Service', {
      cluster: props.cluster,
      taskDefinition: task,
      desiredCount: props.tasks,
      securityGroups: [props.securityGroup],
      assignPublicIp: false,
      // A release that does not come up is taken back.
      circuitBreaker: { rollback: true },
      minHealthyPercent: rollOut?.least ?? 100,
      maxHealthyPercent: rollOut?.most ?? 200,
      enableExecuteCommand: false,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    acknowledge(task, 'ECS2', 'Addresses and names of engines; the secrets come from Secrets Manager.');
    justifyWildcards(task.obtainExecutionRole(), ['*'], 'ecr:GetAuthorizationToken knows no resources.');
  }
}

import { Duration } from 'aws-cdk-lib';
import { AdjustmentType } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Stats, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { allowWorker } from './task-permissions';
import { HubService } from './hub-service';
import type { ServiceContext } from './service-context';

export interface WorkerProps extends ServiceContext {
  /** What waits for workers: it decides how many there are. */
  readonly backlog: Metric;
}

/** The hub's workers: more of them while tasks wait, as many as their processors keep busy. */
export class Worker extends Construct {
  readonly hub: HubService;

  constructor(scope: Construct, id: string, { config, data, network, backlog, ...context }: WorkerProps) {
    super(scope, id);
    const { worker, workerDiskGb, backlog: steps } = config.compute;
    this.hub = new HubService(this, 'Hub', {
      ...context,
      config,
      securityGroup: network.workers,
      repository: data.images.worker,
      command: ['worker'],
      size: { ...worker, diskGb: workerDiskGb },
      tasks: worker.tasks.min,
      // Activities are taken up where they were cut off: what is under way moves to the new ones.
      rollOut: { least: 0, most: 200 },
    });
    allowWorker(this.hub.taskRole, data, config);
    const scaling = this.hub.service.autoScaleTaskCount({
      minCapacity: worker.tasks.min,
      maxCapacity: worker.tasks.max,
    });
    scaling.scaleOnMetric('Backlog', {
      metric: backlog.with({ statistic: Stats.MAXIMUM, period: Duration.minutes(1) }),
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      // One step down only where nothing waits: a worker that is taken away takes its activities with it.
      scalingSteps: [
        { upper: 0, change: -1 },
        { lower: steps.one, change: 1 },
        { lower: steps.three, change: 3 },
      ],
      cooldown: Duration.minutes(5),
      evaluationPeriods: 10,
      datapointsToAlarm: 3,
    });
    scaling.scaleOnCpuUtilization('Processors', {
      targetUtilizationPercent: 75,
      scaleInCooldown: Duration.minutes(30),
      scaleOutCooldown: Duration.minutes(3),
    });
  }
}

import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { HubService } from './hub-service';
import type { ServiceContext } from './service-context';

const EVERY_SECONDS = 30;

/** What waits for workers, as a metric: `hub backlog` writes it to its log, and a filter reads it there. */
export class Backlog extends Construct {
  /** Tasks that no worker has taken, of the queue that has most of them. */
  readonly waiting: Metric;
  /** For how long the oldest has waited, in seconds. */
  readonly waitedSeconds: Metric;

  constructor(scope: Construct, id: string, { config, data, network, ...context }: ServiceContext) {
    super(scope, id);
    const { logs } = new HubService(this, 'Hub', {
      ...context,
      config,
      securityGroup: network.workers,
      repository: data.images.api,
      command: ['backlog', '--every', String(EVERY_SECONDS)],
      size: { cpu: 256, memoryMb: 512 },
      tasks: 1,
    });
    const metric = (metricName: string, field: string) =>
      new MetricFilter(this, metricName, {
        logGroup: logs,
        metricNamespace: config.name,
        metricName,
        metricValue: `$.${field}`,
        filterPattern: FilterPattern.exists(`$.${field}`),
      }).metric({ statistic: Stats.MAXIMUM });
    this.waiting = metric('TasksWaiting', 'backlog');
    this.waitedSeconds = metric('TasksWaitedSeconds', 'waitedSeconds');
  }
}

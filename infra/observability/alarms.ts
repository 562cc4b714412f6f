import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Operation } from 'aws-cdk-lib/aws-dynamodb';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { InfraConfig } from '../config';
import type { ComputeStack } from '../compute/compute-stack';
import type { DataStack } from '../data/data-stack';

export interface AlarmsProps {
  readonly config: InfraConfig;
  readonly data: DataStack;
  readonly compute: ComputeStack;
  readonly topic: ITopic;
}

interface Trouble {
  readonly metric: IMetric;
  /** At or above which it is trouble. */
  readonly from: number;
  /** Of five-minute periods in a row. */
  readonly periods?: number;
  /** What it means and what to do, for whoever is woken. */
  readonly advice: string;
  /** Silence is trouble, too. */
  readonly silence?: boolean;
}

const NIGHT_PERIODS = 6;

/** What somebody is to be woken for. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
    for (const [name, trouble] of Object.entries({ ...this.ofServices(), ...this.ofData() })) {
      this.all.push(this.alarm(name, trouble));
    }
  }

  private ofServices(): Record<string, Trouble> {
    const { backlog, worker, api } = this.props.compute;
    const maximum = { statistic: Stats.MAXIMUM, period: Duration.minutes(5) };
    return {
      TasksWait: {
        metric: backlog.waitedSeconds.with(maximum),
        from: 900,
        silence: true,
        advice:
          'A task has waited for a worker for 15 minutes, or nobody says how long: look at the services Worker and Backlog.',
      },
      WorkerMemory: {
        metric: worker.hub.service.metricMemoryUtilization(maximum),
        from: 90,
        periods: 3,
        advice:
          'Workers are short of memory: give them more (compute.worker.memoryMb), or less to worker.journeysMemoryMb.',
      },
      ApiErrors: {
        metric: api.targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: Duration.minutes(5) }),
        from: 10,
        advice: 'The API fails: look at its log, and whether Temporal answers.',
      },
      ApiAway: {
        metric: api.targets.metrics.unhealthyHostCount(maximum),
        from: 1,
        periods: 2,
        advice: 'Tasks of the API do not answer /healthz: look at their log.',
      },
    };
  }

  private ofData(): Record<string, Trouble> {
    const { graph, triggers, lake } = this.props.data;
    const neptune = (metricName: string, statistic: string) =>
      new Metric({
        namespace: 'AWS/Neptune',
        metricName,
        dimensionsMap: { DBClusterIdentifier: graph.cluster.ref },
        statistic,
        period: Duration.minutes(5),
      });
    const { capacity, serverless } = this.props.config.graph;
    return {
      ...(serverless
        ? {
            GraphCapacity: {
              metric: neptune('ServerlessDatabaseCapacity', Stats.MAXIMUM),
              from: 0.95 * capacity.max,
              periods: NIGHT_PERIODS,
              advice: 'Neptune has been at its capacity for half an hour: raise graph.capacity.max.',
            },
          }
        : {
            GraphProcessors: {
              metric: neptune('CPUUtilization', Stats.MAXIMUM),
              from: 90,
              periods: NIGHT_PERIODS,
              advice: 'Neptune has been busy for half an hour: take a larger graph.instanceClass.',
            },
          }),
      GraphQueue: {
        metric: neptune('MainRequestQueuePendingRequests', Stats.MAXIMUM),
        from: 1_000,
        advice: 'Requests queue at Neptune: something asks it too much.',
      },
      GraphErrors: {
        metric: neptune('GremlinServerErrors', Stats.SUM),
        from: 50,
        advice: "Neptune fails: look at its status in AWS's health dashboard, and at the worker's log.",
      },
      TriggersThrottled: {
        metric: triggers.tables[0]!.metricThrottledRequestsForOperations({
          operations: [
            Operation.BATCH_GET_ITEM,
            Operation.QUERY,
            Operation.TRANSACT_WRITE_ITEMS,
            Operation.UPDATE_ITEM,
          ],
          period: Duration.minutes(5),
        }),
        from: 100,
        periods: 3,
        advice: 'DynamoDB holds requests off: a partition is hot, or the quota of the table is reached.',
      },
      AthenaReadsMuch: {
        metric: new Metric({
          namespace: 'AWS/Athena',
          metricName: 'ProcessedBytes',
          dimensionsMap: { WorkGroup: lake.workGroup },
          statistic: Stats.SUM,
          period: Duration.minutes(5),
        }),
        from: 1_000_000_000_000,
        periods: 3,
        advice: 'Athena reads more than a terabyte in five minutes, at about 5 USD each: look at who asks.',
      },
    };
  }

  private alarm(name: string, { metric, from, periods = 1, advice, silence }: Trouble): Alarm {
    const alarm = new Alarm(this, name, {
      metric,
      threshold: from,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silence === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: advice,
    });
    alarm.addAlarmAction(new SnsAction(this.props.topic));
    alarm.addOkAction(new SnsAction(this.props.topic));
    return alarm;
  }
}

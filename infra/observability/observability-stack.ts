import { AlarmStatusWidget, Dashboard, GraphWidget, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { ComputeStack } from '../compute/compute-stack';
import type { DataStack } from '../data/data-stack';
import { HubStack, type HubStackProps } from '../hub-stack';
import { Alarms } from './alarms';

export interface ObservabilityStackProps extends HubStackProps {
  readonly data: DataStack;
  readonly compute: ComputeStack;
}

/** Who is told of trouble, and of what it costs. */
export class ObservabilityStack extends HubStack {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { data, compute, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    const { config } = this;
    const key = new Key(this, 'Key', { description: `alarms of ${config.name}`, enableKeyRotation: true });
    // CloudWatch cannot write to a topic whose key it may not use.
    key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
    this.topic = new Topic(this, 'Alerts', { displayName: config.name, masterKey: key, enforceSSL: true });
    this.topic.addSubscription(new EmailSubscription(config.alerts.email));
    const alarms = new Alarms(this, 'Alarms', { config, data, compute, topic: this.topic });
    this.dashboard(alarms, compute);
    this.budget();
  }

  private dashboard(alarms: Alarms, { backlog, worker, api }: ComputeStack): void {
    const graph = (title: string, left: Metric[], right: Metric[] = []) =>
      new GraphWidget({ title, left, right, width: 12 });
    const { service } = worker.hub;
    const { metrics } = api.targets;
    new Dashboard(this, 'Dashboard', {
      dashboardName: this.config.name,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.all, width: 24 })],
        [
          graph('Tasks that wait for workers', [backlog.waiting], [backlog.waitedSeconds]),
          graph('Workers', [service.metricCpuUtilization(), service.metricMemoryUtilization()]),
        ],
        [graph('Requests, and how long they take', [metrics.requestCount()], [metrics.targetResponseTime()])],
        alarms.all.map(({ metric, node }) => new GraphWidget({ title: node.id, left: [metric], width: 8 })),
      ],
    });
  }

  private budget(): void {
    const { alerts, name } = this.config;
    const subscribers = [{ subscriptionType: 'EMAIL', address: alerts.email }];
    const told = (notificationType: string, threshold: number) => ({
      notification: { notificationType, threshold, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
      subscribers,
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: name,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: alerts.monthlyBudgetUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:application$${name}`] },
      },
      notificationsWithSubscribers: [told('ACTUAL', 80), told('ACTUAL', 100), told('FORECASTED', 100)],
    });
  }
}

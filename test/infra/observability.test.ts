import { Match, Template } from 'aws-cdk-lib/assertions';
import { hubApp } from './hub-app';

const observability = Template.fromStack(hubApp().observability);

it('somebody is told of every alarm, when it comes and when it goes, and what to do', () => {
  const alarms = Object.values(observability.findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.length).toBeGreaterThanOrEqual(9);
  for (const { Properties } of alarms) {
    expect(Properties).toMatchObject({ AlarmActions: [expect.anything()], OKActions: [expect.anything()] });
    expect(Properties['AlarmDescription']).toMatch(/: \w+/);
  }
});

it('nobody who says how long tasks wait is an alarm, too', () => {
  observability.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'TasksWaitedSeconds',
    Threshold: 900,
    TreatMissingData: 'breaching',
  });
});

it('the topic of alarms is encrypted, and costs are told before they are reached', () => {
  observability.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  observability.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'hub-operations@example.com',
  });
  observability.hasResourceProperties('AWS::Budgets::Budget', {
    Budget: Match.objectLike({ BudgetLimit: { Amount: 4_000, Unit: 'USD' }, TimeUnit: 'MONTHLY' }),
    NotificationsWithSubscribers: Match.arrayWith([
      Match.objectLike({ Notification: Match.objectLike({ NotificationType: 'FORECASTED', Threshold: 100 }) }),
    ]),
  });
});

it('a cluster of instances is watched by its processors, a serverless one by its capacity', () => {
  const metricsOf = (template: Template) =>
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties['MetricName']);
  expect(metricsOf(observability)).toContain('ServerlessDatabaseCapacity');
  const instances = metricsOf(Template.fromStack(hubApp({ graph: { serverless: false } }).observability));
  expect(instances).toContain('CPUUtilization');
  expect(instances).not.toContain('ServerlessDatabaseCapacity');
});

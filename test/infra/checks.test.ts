import { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { justifyWildcards } from '../../infra/acknowledged';
import { infraConfig } from '../../infra/config';
import { HubChecks } from '../../infra/hub-checks';
import { hubApp, resourcesOf } from './hub-app';

/** What is found in a stack so made. */
function findingsOf(make: (stack: Stack) => void): string[] {
  const app = new App({ autoSynth: false });
  make(new Stack(app, 'Test'));
  return new HubChecks(app).validate().violations.map(({ ruleName }) => ruleName);
}

function roleThat(stack: Stack, resource: string): Role {
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [resource] }));
  return role;
}

describe('the checks of a synthesis', () => {
  it('find nothing in the hub, whatever is left out or chosen', () => {
    for (const changes of [
      {},
      { keepData: false },
      { graph: { serverless: false, athenaConnector: { enabled: false } } },
      {
        training: { image: '1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5' },
        serving: {},
        neptuneMl: {},
        scoring: { image: '1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5' },
      },
      { name: 'other', network: { natGateways: 3 }, compute: { modelServer: { tasks: { min: 1, max: 2 } } } },
    ]) {
      expect(new HubChecks(hubApp(changes).app).validate()).toEqual({ success: true, violations: [] });
    }
  });

  it('find what is open, and warnings count', () => {
    expect(findingsOf((stack) => new Bucket(stack, 'Open'))).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10']);
    expect(findingsOf((stack) => new Topic(stack, 'Plain'))).toContain('AwsSolutions-SNS3');
  });

  it('let a wildcard be that is justified, and that one alone', () => {
    const arn = 'arn:aws:s3:::bucket/lake/*';
    const finding = `AwsSolutions-IAM5[Resource::${arn}]`;
    expect(findingsOf((stack) => roleThat(stack, arn))).toEqual([finding]);
    expect(findingsOf((stack) => justifyWildcards(roleThat(stack, arn), ['/lake/*'], 'reason'))).toEqual([]);
    expect(findingsOf((stack) => justifyWildcards(roleThat(stack, arn), ['arn:aws:s3:…/*'], 'reason'))).toEqual([]);
    expect(findingsOf((stack) => justifyWildcards(roleThat(stack, arn), ['*'], 'reason'))).toEqual([
      finding,
      'JourneyHub-UnusedJustification[*]',
    ]);
    expect(findingsOf((stack) => justifyWildcards(roleThat(stack, '*'), ['/lake/*'], 'reason'))).toContain(
      'AwsSolutions-IAM5[Resource::*]',
    );
  });
});

it('nobody adds or loses a resource without saying so', () => {
  const counts: Record<string, number> = {};
  for (const [name, { Type }] of resourcesOf(hubApp())) {
    const key = `${name.split('/')[0]} ${Type}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  expect(Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))).toMatchSnapshot();
});

it.each([
  [{ region: 'Frankfurt' }, 'region'],
  [{ temporal: { address: 'https://cloud', namespace: 'a' } }, 'address'],
  [{ alerts: { email: 'nobody', monthlyBudgetUsd: 1 } }, 'email'],
  [{ colour: 'blue' }, 'colour'],
])('settings that are none are refused: %j', (changes, field) => {
  const result = infraConfig.safeParse({ name: 'hub', region: 'eu-central-1', ...changes });
  expect(JSON.stringify(result.error?.issues)).toContain(field);
});

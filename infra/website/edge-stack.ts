import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { HubStack, type HubStackProps } from '../hub-stack';

/** AWS's rules, in this order; each knows a kind of attack. */
const MANAGED = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
] as const;

/** What requests must pass before CloudFront looks at them. It is where CloudFront's own things are: in us-east-1. */
export class EdgeStack extends HubStack {
  readonly webAcl: CfnWebACL;

  constructor(scope: Construct, id: string, props: Omit<HubStackProps, 'region'>) {
    super(scope, id, { ...props, region: 'us-east-1' });
    this.webAcl = new CfnWebACL(this, 'WebAcl', {
      name: this.config.name,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible(this.config.name),
      rules: [
        {
          name: 'RequestsPerAddress',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              evaluationWindowSec: 300,
              limit: this.config.requestsPerAddress,
            },
          },
          visibilityConfig: visible('RequestsPerAddress'),
        },
        ...MANAGED.map((name, index) => ({
          name,
          priority: index + 1,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ...exceptions(name) } },
          visibilityConfig: visible(name),
        })),
      ],
    });
  }
}

/** Questions have bodies of more than 8 KB, which is all that the common rules let pass. */
function exceptions(name: (typeof MANAGED)[number]) {
  if (name !== 'AWSManagedRulesCommonRuleSet') return {};
  return { ruleActionOverrides: [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }] };
}

function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}

import { Match, Template } from 'aws-cdk-lib/assertions';
import { hubApp } from './hub-app';

const hub = hubApp();
const edge = Template.fromStack(hub.edge);
const website = Template.fromStack(hub.website);

it('what requests must pass is in us-east-1, has AWS’s rules, and holds off who asks too much', () => {
  expect(hub.edge.region).toBe('us-east-1');
  const managed = (Name: string) =>
    Match.objectLike({
      OverrideAction: { None: {} },
      Statement: { ManagedRuleGroupStatement: Match.objectLike({ VendorName: 'AWS', Name }) },
    });
  edge.hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'CLOUDFRONT',
    Rules: [
      Match.objectLike({
        Action: { Block: Match.anyValue() },
        Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2_000, EvaluationWindowSec: 300 } },
      }),
      managed('AWSManagedRulesAmazonIpReputationList'),
      managed('AWSManagedRulesCommonRuleSet'),
      managed('AWSManagedRulesKnownBadInputsRuleSet'),
      managed('AWSManagedRulesSQLiRuleSet'),
    ],
  });
});

it('CloudFront asks it first, and speaks TLS 1.2 at least', () => {
  website.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      WebACLId: Match.anyValue(),
      ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
      Logging: Match.anyValue(),
    },
  });
});

it('the website’s files are read by CloudFront alone', () => {
  website.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
  website.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Action: 's3:GetObject',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Condition: { StringEquals: { 'AWS:SourceArn': Match.anyValue() } },
        }),
      ]),
    },
  });
});

it('the API is asked by way of the network, over TLS, never from a cache, and with the caller’s token', () => {
  website.hasResourceProperties('AWS::CloudFront::VpcOrigin', {
    VpcOriginEndpointConfig: Match.objectLike({ OriginProtocolPolicy: 'https-only' }),
  });
  const [distribution] = Object.values(website.findResources('AWS::CloudFront::Distribution'));
  const { CacheBehaviors: behaviours } = (
    distribution!['Properties'] as { DistributionConfig: { CacheBehaviors: Record<string, unknown>[] } }
  ).DistributionConfig;
  // AWS's own policies: caching disabled, all of the viewer's request.
  const passedOn = {
    CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
    ViewerProtocolPolicy: 'https-only',
  };
  expect(behaviours.map(({ PathPattern }) => PathPattern)).toEqual([
    ...['/v1/*', '/docs', '/docs/*', '/openapi.json', '/listener', '/listener/*', '/tmf-api/*'],
  ]);
  for (const behaviour of behaviours) expect(behaviour).toMatchObject(passedOn);
});

it('browsers are told to refuse scripts and frames that are not the website’s', () => {
  website.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: Match.objectLike({
        ContentSecurityPolicy: Match.objectLike({ Override: true }),
        StrictTransportSecurity: Match.objectLike({ AccessControlMaxAgeSec: 63_072_000 }),
        FrameOptions: { FrameOption: 'SAMEORIGIN', Override: true },
      }),
    },
  });
  const [policy] = Object.values(website.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
  const text = JSON.stringify(policy);
  expect(text).toContain("default-src 'self'");
  expect(text).not.toMatch(/unsafe-eval|script-src/);
});

it('pages of other systems that are named may show dashboards and run widgets, and no others', () => {
  const named = Template.fromStack(hubApp({ origins: ['https://desk.example'] }).website);
  const policies = Object.entries(named.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
  const policyOf = (path: string) => {
    const [distribution] = Object.values(named.findResources('AWS::CloudFront::Distribution'));
    const { CacheBehaviors: behaviours } = (
      distribution!['Properties'] as {
        DistributionConfig: { CacheBehaviors: { PathPattern: string; ResponseHeadersPolicyId: { Ref: string } }[] };
      }
    ).DistributionConfig;
    const { ResponseHeadersPolicyId: id } = behaviours.find(({ PathPattern }) => PathPattern === path)!;
    return JSON.stringify(policies.find(([name]) => name === id.Ref));
  };
  expect(policyOf('/embed.html')).toContain("frame-ancestors 'self' https://desk.example");
  expect(policyOf('/embed.html')).not.toContain('FrameOptions');
  expect(policyOf('/widgets.js')).toMatch(/AccessControlAllowOrigins.{3,30}https:\/\/desk\.example/);
  expect(policyOf('/v1/*')).toMatch(/frame-ancestors 'self'"/);
  expect(policyOf('/v1/*')).not.toContain('AccessControlAllow');
});

import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  type BehaviorOptions,
  type IOrigin,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin, VpcOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledged';
import { HubStack, type HubStackProps } from '../hub-stack';
import { securityHeaders } from './security-headers';

export interface WebsiteStackProps extends HubStackProps {
  readonly webAcl: CfnWebACL;
  readonly api: IApplicationLoadBalancer;
  /** Where people sign in, which pages speak to. */
  readonly tokenIssuer: string;
}

/** What the API serves; all else is the website's. */
const API_PATHS = ['/v1/*', '/docs', '/docs/*', '/openapi.json', '/listener', '/listener/*', '/tmf-api/*'] as const;

/** The website's files in a bucket that CloudFront alone reads, and the API beside them under the same name. */
export class WebsiteStack extends HubStack {
  readonly bucket: Bucket;
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { webAcl, api, tokenIssuer, ...props }: WebsiteStackProps) {
    super(scope, id, props);
    const { domain } = this.config;
    const logs = this.logBucket();
    this.bucket = new Bucket(this, 'Files', {
      ...closed,
      versioned: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'files/',
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
    });
    const responseHeadersPolicy = securityHeaders(this, 'SecurityHeaders', tokenIssuer);
    const shared = { viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, responseHeadersPolicy };
    const toApi: BehaviorOptions = {
      ...shared,
      origin: apiOrigin(api),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
    };
    const toFiles: BehaviorOptions = {
      ...shared,
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket),
      compress: true,
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: this.config.name,
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.cloudFrontCertificate),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultRootObject: 'index.html',
      webAclId: webAcl.attrArn,
      enableLogging: true,
      logBucket: logs,
      logFilePrefix: 'requests/',
      defaultBehavior: toFiles,
      additionalBehaviors: {
        ...Object.fromEntries(API_PATHS.map((path) => [path, toApi])),
        ...this.forOthers(toFiles, tokenIssuer),
      },
    });
    acknowledge(this.distribution, 'CFR1', 'Customers of the operator, and who looks after them, may be anywhere.');
    new CfnOutput(this, 'WebsiteBucket', { value: this.bucket.bucketName });
    new CfnOutput(this, 'DistributionId', { value: this.distribution.distributionId });
    new CfnOutput(this, 'DistributionDomain', {
      value: this.distribution.distributionDomainName,
      description: `what ${domain.name} is to be an alias of`,
    });
  }

  /** The files that pages of other systems load: a dashboard in a frame, and the module of widgets, which a browser runs there only if they may read it. */
  private forOthers(toFiles: BehaviorOptions, tokenIssuer: string): Record<string, BehaviorOptions> {
    const { origins } = this.config;
    if (origins.length === 0) return {};
    const framed = securityHeaders(this, 'EmbedHeaders', tokenIssuer, { framedBy: origins });
    const readable = securityHeaders(this, 'WidgetHeaders', tokenIssuer, { readBy: origins });
    return {
      '/embed.html': { ...toFiles, responseHeadersPolicy: framed },
      '/widgets.js': { ...toFiles, responseHeadersPolicy: readable },
    };
  }

  private logBucket(): Bucket {
    const logs = new Bucket(this, 'Logs', {
      ...closed,
      // CloudFront writes its logs by ACLs.
      objectOwnership: ObjectOwnership.OBJECT_WRITER,
      lifecycleRules: [{ expiration: Duration.days(this.config.logDays) }],
    });
    acknowledge(logs, 'S1', 'It has access logs: logging its own would never end.');
    return logs;
  }
}

const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
} as const;

/** By way of the network: the load balancer has no public address. Its certificate is of the viewer's host, which is passed on. */
function apiOrigin(api: IApplicationLoadBalancer): IOrigin {
  return VpcOrigin.withApplicationLoadBalancer(api, {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    // Callers wait for answers for a minute at most (Prefer: wait=60).
    readTimeout: Duration.seconds(70),
  });
}

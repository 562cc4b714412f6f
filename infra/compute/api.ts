import { Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  type ApplicationListener,
  type CfnListener,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledged';
import { API_PORT } from '../network/network-stack';
import { HubService } from './hub-service';
import type { ServiceContext } from './service-context';
import { SignIn } from './sign-in';
import { allowApi } from './task-permissions';

/** The API behind a load balancer without a public address, which verifies whose token a request has. */
export class Api extends Construct {
  readonly hub: HubService;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;
  readonly signIn: SignIn;

  constructor(scope: Construct, id: string, { config, data, network, ...context }: ServiceContext) {
    super(scope, id);
    const { api } = config.compute;
    this.signIn = new SignIn(this, 'SignIn', config);
    this.hub = new HubService(this, 'Hub', {
      ...context,
      config,
      secrets: { ...context.secrets, HUB_EMBED_KEY: data.embedKey.secret },
      securityGroup: network.api,
      repository: data.images.api,
      command: ['api', '--host', '0.0.0.0', '--port', String(API_PORT)],
      size: api,
      tasks: api.tasks.min,
      port: API_PORT,
    });
    allowApi(this.hub.taskRole, data, config);
    const scaling = this.hub.service.autoScaleTaskCount({ minCapacity: api.tasks.min, maxCapacity: api.tasks.max });
    scaling.scaleOnCpuUtilization('Processors', { targetUtilizationPercent: 60 });

    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      internetFacing: false,
      securityGroup: network.loadBalancer,
      dropInvalidHeaderFields: true,
      deletionProtection: config.keepData,
      // Callers wait for answers for a minute at most (Prefer: wait=60).
      idleTimeout: Duration.seconds(75),
    });
    this.loadBalancer.logAccessLogs(this.accessLogs(config.logDays));
    this.targets = new ApplicationTargetGroup(this, 'Targets', {
      vpc: network.vpc,
      port: API_PORT,
      protocol: ApplicationProtocol.HTTP,
      targets: [this.hub.service],
      healthCheck: { path: '/healthz', interval: Duration.seconds(15), healthyThresholdCount: 2 },
      // A caller may be waiting for an answer.
      deregistrationDelay: Duration.seconds(65),
    });
    const listener = this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      sslPolicy: SslPolicy.TLS13_RES,
      certificates: [Certificate.fromCertificateArn(this, 'Certificate', config.domain.regionalCertificate)],
      open: false,
      defaultAction: ListenerAction.forward([this.targets]),
    });
    this.verify(listener);
    this.letPass(listener);
  }

  /** Every request needs a token of the user pool, with the scope of the API, which the CDK's own action cannot ask for. */
  private verify(listener: ApplicationListener): void {
    const { issuer, keys, scope } = this.signIn;
    const actions: CfnListener.ActionProperty[] = [
      {
        type: 'jwt-validation',
        order: 1,
        jwtValidationConfig: {
          issuer,
          jwksEndpoint: keys,
          additionalClaims: [{ format: 'space-separated-values', name: 'scope', values: [scope] }],
        },
      },
      { type: 'forward', order: 2, targetGroupArn: this.targets.targetGroupArn },
    ];
    (listener.node.defaultChild as CfnListener).defaultActions = actions;
  }

  /** What has no token of the user pool: a browser asking whether it may ask, and viewers of dashboards, whose own token the API verifies. */
  private letPass(listener: ApplicationListener): void {
    const targetGroups = [this.targets];
    listener.addTargetGroups('Preflight', {
      targetGroups,
      priority: 1,
      conditions: [ListenerCondition.httpRequestMethods(['OPTIONS']), ListenerCondition.pathPatterns(['/v1/*'])],
    });
    listener.addTargetGroups('Viewers', {
      targetGroups,
      priority: 2,
      conditions: [
        ListenerCondition.httpRequestMethods(['GET']),
        ListenerCondition.pathPatterns(['/v1/embedded-dashboard']),
      ],
    });
  }

  private accessLogs(days: number): Bucket {
    const logs = new Bucket(this, 'AccessLogs', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // Load balancers write to no bucket that has a key of ours.
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ expiration: Duration.days(days) }],
    });
    acknowledge(logs, 'S1', 'It has access logs: logging its own would never end.');
    return logs;
  }
}

import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { HubStack, type HubStackProps } from '../hub-stack';

export const NEPTUNE_PORT = 8182;
export const REDSHIFT_PORT = 5439;
export const API_PORT = 8080;

/** The network: nothing in it has a public address but its NAT gateways. */
export class NetworkStack extends HubStack {
  readonly vpc: Vpc;
  readonly workers: SecurityGroup;
  readonly api: SecurityGroup;
  readonly loadBalancer: SecurityGroup;
  readonly graph: SecurityGroup;
  readonly graphConnector: SecurityGroup;
  readonly warehouse: SecurityGroup;

  constructor(scope: Construct, id: string, props: HubStackProps) {
    super(scope, id, props);
    const { network, domain, region, logDays } = this.config;
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(network.cidr),
      availabilityZones: network.availabilityZones ?? ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
      natGateways: network.natGateways,
      subnetConfiguration: [
        { name: 'nat', subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
        { name: 'tasks', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 22 },
      ],
      // What goes to S3 and DynamoDB is most of it, and neither leaves AWS nor is paid for.
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
      restrictDefaultSecurityGroup: false,
    });
    const flows = new LogGroup(this, 'Flows', { retention: logDays });
    this.vpc.addFlowLog('RefusedFlows', {
      destination: FlowLogDestination.toCloudWatchLogs(flows),
      trafficType: FlowLogTrafficType.REJECT,
    });

    this.workers = this.group('Workers', 'tasks that work, and serve models');
    this.api = this.group('Api', 'tasks of the API');
    this.loadBalancer = this.group('LoadBalancer', 'what CloudFront speaks to', false);
    this.graph = this.group('Graph', 'the Neptune cluster', false);
    this.graphConnector = this.group('GraphConnector', 'what Athena asks the graph by');
    this.warehouse = this.group('Warehouse', 'Redshift', false);

    const neptune = Port.tcp(NEPTUNE_PORT);
    this.graph.addIngressRule(this.workers, neptune, 'the hub reads and writes the graph');
    this.graph.addIngressRule(this.graphConnector, neptune, 'Athena reads the graph');
    this.loadBalancer.addIngressRule(Peer.prefixList(domain.cloudFrontPrefixList), Port.HTTPS, 'CloudFront alone');
    this.loadBalancer.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'the keys that tokens are verified by');
    this.loadBalancer.addEgressRule(this.api, Port.tcp(API_PORT), 'requests');
    this.api.addIngressRule(this.loadBalancer, Port.tcp(API_PORT), 'requests whose token was verified');
  }

  private group(id: string, description: string, allowAllOutbound = true): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound });
  }
}

import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnNamespace, CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { justifyWildcards } from '../acknowledged';
import { REDSHIFT_PORT, type NetworkStack } from '../network/network-stack';
import type { KeptProps } from './kept';
import { LAKE_PREFIX } from './lake';

export interface WarehouseProps extends KeptProps {
  readonly network: NetworkStack;
  readonly bucket: IBucket;
}

/** KPIs for dashboards: Redshift Serverless, whose password nobody knows but Secrets Manager. */
export class Warehouse extends Construct {
  readonly workgroup: CfnWorkgroup;
  readonly database: string;
  /** By which Redshift reads what is to be loaded. */
  readonly copyRole: Role;

  constructor(scope: Construct, id: string, { config, key, removal, network, bucket }: WarehouseProps) {
    super(scope, id);
    this.database = config.name.replaceAll('-', '_');
    this.copyRole = new Role(this, 'CopyRole', {
      assumedBy: new ServicePrincipal('redshift.amazonaws.com'),
      description: 'COPY from the lake',
    });
    this.copyRole.addToPolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(`${LAKE_PREFIX}/*`)] }),
    );
    this.copyRole.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    this.copyRole.addToPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }));
    justifyWildcards(
      this.copyRole,
      [`/${LAKE_PREFIX}/*`],
      'Files are named as they are written; all are below the prefix of the lake.',
    );

    const namespaceName = config.name;
    const namespace = new CfnNamespace(this, 'Namespace', {
      namespaceName,
      dbName: this.database,
      kmsKeyId: key.keyArn,
      adminUsername: 'hub_admin',
      manageAdminPassword: true,
      adminPasswordSecretKmsKeyId: key.keyArn,
      iamRoles: [this.copyRole.roleArn],
      defaultIamRoleArn: this.copyRole.roleArn,
      logExports: ['userlog', 'connectionlog', 'useractivitylog'],
    });
    namespace.applyRemovalPolicy(removal);
    this.workgroup = new CfnWorkgroup(this, 'Workgroup', {
      workgroupName: config.name,
      namespaceName,
      baseCapacity: config.warehouse.capacity,
      enhancedVpcRouting: true,
      publiclyAccessible: false,
      port: REDSHIFT_PORT,
      subnetIds: network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [network.warehouse.securityGroupId],
      configParameters: [{ parameterKey: 'require_ssl', parameterValue: 'true' }],
    });
    this.workgroup.addResourceDependency(namespace);
  }
}

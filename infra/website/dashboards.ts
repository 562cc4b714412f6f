import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { justifyWildcards } from '../acknowledged';
import type { DataStack } from '../data/data-stack';
import { LAKE_PREFIX } from '../data/lake';

/** As whom QuickSight reads: the lake by way of Athena, and nothing else. It is chosen where a data source is made. */
export class Dashboards extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { lake, key }: DataStack) {
    super(scope, id);
    this.role = new Role(this, 'DataSourceRole', {
      assumedBy: new ServicePrincipal('quicksight.amazonaws.com'),
      description: 'data sources of dashboards',
    });
    const { partition, region, account } = Stack.of(this);
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
    const allow = (actions: string[], resources: string[]) =>
      this.role.addToPolicy(new PolicyStatement({ actions, resources }));
    allow(
      ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults', 'StopQueryExecution', 'GetWorkGroup'].map(
        (action) => `athena:${action}`,
      ),
      [arn('athena', `workgroup/${lake.workGroup}`)],
    );
    allow(
      ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions'],
      [arn('glue', 'catalog'), arn('glue', `database/${lake.database}`), arn('glue', `table/${lake.database}/*`)],
    );
    allow(['s3:GetObject'], [lake.bucket.arnForObjects(`${LAKE_PREFIX}/tables/*`)]);
    allow(['s3:GetObject', 's3:PutObject'], [lake.bucket.arnForObjects(`${LAKE_PREFIX}/answers/*`)]);
    allow(['s3:GetBucketLocation', 's3:ListBucket'], [lake.bucket.bucketArn]);
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
    justifyWildcards(
      this.role,
      [`/${LAKE_PREFIX}/tables/*`, `/${LAKE_PREFIX}/answers/*`, `:table/${lake.database}/*`],
      'Files and tables are named as they are written, below one prefix and database.',
    );
  }
}

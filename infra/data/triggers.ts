import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { triggerTables, type TableDefinition, type TableKey } from '../../adapters/aws/dynamodb/trigger-tables';
import type { KeptProps } from './kept';

/** The stored triggers of milestones: the tables that the hub's own code defines. */
export class Triggers extends Construct {
  /** What the names of the tables begin with. */
  readonly prefix: string;
  readonly tables: readonly TableV2[];

  constructor(scope: Construct, id: string, props: KeptProps) {
    super(scope, id);
    this.prefix = `${props.config.name}-`;
    this.tables = triggerTables(this.prefix).map((definition) => tableOf(this, definition, props));
  }
}

function tableOf(scope: Construct, definition: TableDefinition, { key, removal, config }: KeptProps): TableV2 {
  const typed = (name: string) => ({
    name,
    type: definition.attributes[name] === 'N' ? AttributeType.NUMBER : AttributeType.STRING,
  });
  const keys = ({ partition, sort }: TableKey) => ({ partitionKey: typed(partition), sortKey: typed(sort) });
  return new TableV2(scope, definition.name, {
    tableName: definition.name,
    ...keys(definition.key),
    globalSecondaryIndexes: definition.indexes.map((index) => ({
      indexName: index.name,
      ...keys(index),
      projectionType: ProjectionType[index.projection],
    })),
    timeToLiveAttribute: definition.timeToLive,
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.customerManagedKey(key),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: config.keepData,
    removalPolicy: removal,
  });
}

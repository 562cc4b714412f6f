import { CreateTableCommand, UpdateTimeToLiveCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TableDefinition, TableKey } from '../../adapters/aws/dynamodb/trigger-tables';

/** Creates tables as the CDK app does. */
export async function createTables(client: DynamoDBClient, tables: readonly TableDefinition[]): Promise<void> {
  for (const { name, attributes, key, indexes, timeToLive } of tables) {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: Object.entries(attributes).map(([AttributeName, AttributeType]) => ({
          AttributeName,
          AttributeType,
        })),
        KeySchema: schemaOf(key),
        GlobalSecondaryIndexes: indexes.map((index) => ({
          IndexName: index.name,
          KeySchema: schemaOf(index),
          Projection: { ProjectionType: index.projection },
        })),
      }),
    );
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { Enabled: true, AttributeName: timeToLive },
      }),
    );
  }
}

function schemaOf({ partition, sort }: TableKey) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}

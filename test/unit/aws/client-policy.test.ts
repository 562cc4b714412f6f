import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { clientConfig, type AwsConnection } from '../../../adapters/aws/client-policy';

const connection: AwsConnection = { region: 'eu-central-1', version: '1.2.3' };

describe('the policy of clients', () => {
  it('is taken by clients of every service', async () => {
    for (const client of [
      new S3Client(clientConfig('s3', connection)),
      new DynamoDBClient(clientConfig('dynamodb', connection)),
    ]) {
      expect(await client.config.region()).toBe('eu-central-1');
      expect(await client.config.maxAttempts()).toBe(5);
      expect(client.config.customUserAgent).toEqual([['journey-hub/1.2.3']]);
      client.destroy();
    }
  });

  it('names no credentials: the default chain finds them', () => {
    expect(Object.keys(clientConfig('s3', connection))).not.toContain('credentials');
  });

  it('takes an address of the service it is for, and AWS decides where there is none', async () => {
    const elsewhere = { ...connection, endpoints: { s3: 'http://127.0.0.1:9000' } };
    expect(clientConfig('s3', elsewhere).endpoint).toBe('http://127.0.0.1:9000');
    expect(clientConfig('dynamodb', elsewhere)).not.toHaveProperty('endpoint');
  });

  it.each(['minio:9000', 'ftp://there', 'nowhere'])('refuses the address %s', (address) => {
    expect(() => clientConfig('s3', { ...connection, endpoints: { s3: address } })).toThrow(
      expect.objectContaining({ code: 'AWS_ENDPOINT_INVALID', field: 'endpoints.s3' }),
    );
  });
});

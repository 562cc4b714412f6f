import { Duration } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledged';
import type { KeptProps } from './kept';

/** Events as they happen, from systems that do not wait for the night. */
export class EventStream extends Construct {
  readonly stream: Stream;

  constructor(scope: Construct, id: string, { config, key, removal }: KeptProps) {
    super(scope, id);
    this.stream = new Stream(this, 'Stream', {
      streamName: `${config.name}-events`,
      streamMode: StreamMode.ON_DEMAND,
      // A long week-end without a reader loses nothing.
      retentionPeriod: Duration.days(7),
      encryption: StreamEncryption.KMS,
      encryptionKey: key,
      removalPolicy: removal,
    });
    acknowledge(this.stream, 'KDS3', 'Events are of customers: who reads them is to need the key of the hub’s data.');
  }
}

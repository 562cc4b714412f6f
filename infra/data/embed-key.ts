import type { RemovalPolicy } from 'aws-cdk-lib';
import { Secret as TaskSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledged';
import type { InfraConfig } from '../config';

/** What all tasks of the API sign addresses of dashboards with. */
export class EmbedKey extends Construct {
  readonly secret: TaskSecret;

  constructor(scope: Construct, id: string, { config, removal }: { config: InfraConfig; removal: RemovalPolicy }) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      secretName: `${config.name}/embed-key`,
      description: 'The key that addresses of dashboards are signed with',
      // In base64, 43 characters are 32 bytes.
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
      removalPolicy: removal,
    });
    acknowledge(
      secret,
      'SMG4',
      'Addresses are good for hours at most: another key is put in by hand, when it is needed.',
    );
    this.secret = TaskSecret.fromSecretsManager(secret);
  }
}

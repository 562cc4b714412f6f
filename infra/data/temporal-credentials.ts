import type { RemovalPolicy } from 'aws-cdk-lib';
import { Secret as TaskSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledged';
import type { InfraConfig } from '../config';

/** What tasks show to Temporal: filled in by hand, after the first deployment. */
export class TemporalCredentials extends Construct {
  /** Of tasks that speak to Temporal, by the variables that Temporal's own tools read. */
  readonly secrets: Readonly<Record<string, TaskSecret>>;

  constructor(scope: Construct, id: string, { config, removal }: { config: InfraConfig; removal: RemovalPolicy }) {
    super(scope, id);
    const { authentication } = config.temporal;
    if (authentication === 'none') {
      this.secrets = {};
      return;
    }
    // Encrypted with AWS's own key: with one of ours, who keeps data would have to know who runs.
    const secret = new Secret(this, 'Secret', {
      secretName: `${config.name}/temporal`,
      description:
        authentication === 'api-key'
          ? 'The API key of the Temporal namespace'
          : 'JSON with the client "certificate" and its "key", as PEM',
      removalPolicy: removal,
    });
    acknowledge(secret, 'SMG4', 'Temporal gives it out: whoever renews it there puts it in here.');
    const field = (name: string) => TaskSecret.fromSecretsManager(secret, name);
    this.secrets =
      authentication === 'api-key'
        ? { TEMPORAL_API_KEY: TaskSecret.fromSecretsManager(secret) }
        : { TEMPORAL_TLS_CLIENT_CERT_DATA: field('certificate'), TEMPORAL_TLS_CLIENT_KEY_DATA: field('key') };
  }
}

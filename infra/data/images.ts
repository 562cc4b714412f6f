import { Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { KeptProps } from './kept';

const MOST_IMAGES = 20;

/** The images of docker/Dockerfile, a repository for each of its targets. A tag never comes to mean another image. */
export class Images extends Construct {
  readonly worker: Repository;
  readonly api: Repository;
  readonly modelServer: Repository;

  constructor(scope: Construct, id: string, props: KeptProps) {
    super(scope, id);
    this.worker = this.repository('worker', props);
    this.api = this.repository('api', props);
    this.modelServer = this.repository('model-server', props);
  }

  private repository(name: string, { config, key, removal }: KeptProps): Repository {
    return new Repository(this, name, {
      repositoryName: `${config.name}/${name}`,
      encryption: RepositoryEncryption.KMS,
      encryptionKey: key,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      lifecycleRules: [{ maxImageCount: MOST_IMAGES }],
      removalPolicy: removal,
      emptyOnDelete: removal === RemovalPolicy.DESTROY,
    });
  }
}

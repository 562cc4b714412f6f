import type { ProfileDesk } from '../../../ports/profile-desk';
import { resolvedProfile, type ProfileAnswer, type ProfileQuestion } from '../../../schemas/model-server';
import type { AwsConnection } from '../client-policy';
import { SageMakerEndpoint } from './sagemaker-endpoint';

/** Asks the hub's model server behind a SageMaker endpoint whose a profile is. */
export class EndpointProfileDesk implements ProfileDesk {
  private readonly endpoint: SageMakerEndpoint;

  constructor(connection: AwsConnection, endpoint: string) {
    this.endpoint = new SageMakerEndpoint(connection, endpoint);
  }

  /** Throws as `SageMakerEndpoint.ask` does. */
  async resolve(question: ProfileQuestion): Promise<ProfileAnswer> {
    return (await this.endpoint.ask(question, resolvedProfile)).answer;
  }

  async close(): Promise<void> {
    this.endpoint.close();
  }
}

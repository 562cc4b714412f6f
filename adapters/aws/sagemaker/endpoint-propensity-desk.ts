import { HubError } from '../../../core/errors';
import type { PropensityDesk } from '../../../ports/propensity-desk';
import { propensityAnswer, type PropensityAnswer, type PropensityQuestion } from '../../../schemas/propensity-question';
import type { SageMakerEndpoint } from './sagemaker-endpoint';

/** Asks one version of a model behind a SageMaker endpoint. */
export class EndpointPropensityDesk implements PropensityDesk {
  constructor(
    private readonly endpoint: SageMakerEndpoint,
    private readonly model: string,
    private readonly version: string,
  ) {}

  /** @throws HubError `MODEL_OTHER_VERSION` (retryable) while the endpoint serves another; as `SageMakerEndpoint.ask` does */
  async answer(question: PropensityQuestion): Promise<PropensityAnswer> {
    const { answer, version } = await this.endpoint.ask(question, propensityAnswer);
    if (version === this.version) return answer;
    throw new HubError(
      'MODEL_OTHER_VERSION',
      `the endpoint of ${this.model} serves ${version ?? 'a model that does not say its version'}, and ${this.version} is deployed: a deployment is under way, or somebody else has changed the endpoint`,
      { retryable: true },
    );
  }

  /** The endpoint is for others, too. */
  async close(): Promise<void> {}
}

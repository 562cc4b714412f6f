import { HubError } from '../../../core/errors';
import type { PropensityDesk } from '../../../ports/propensity-desk';
import { propensityAnswer, type PropensityAnswer, type PropensityQuestion } from '../../../schemas/propensity-question';
import type { SageMakerEndpoint } from './sagemaker-endpoint';

/**
 * Asks one version of a model behind a SageMaker endpoint. While that serves another, as between a deployment and the next scoring of
 * everybody, the version is asked elsewhere.
 */
export class EndpointPropensityDesk implements PropensityDesk {
  /** @param openElsewhere where the version answers, too */
  constructor(
    private readonly endpoint: SageMakerEndpoint,
    private readonly version: string,
    private readonly openElsewhere: () => Promise<PropensityDesk>,
  ) {}

  /** Throws as `SageMakerEndpoint.ask` does, and as the other desk does. */
  async answer(question: PropensityQuestion): Promise<PropensityAnswer> {
    return (await this.answerOfVersion(question)) ?? (await this.answerElsewhere(question));
  }

  /** The endpoint is for others, too. */
  async close(): Promise<void> {}

  private async answerOfVersion(question: PropensityQuestion): Promise<PropensityAnswer | undefined> {
    try {
      const { answer, version } = await this.endpoint.ask(question, propensityAnswer);
      return version === this.version ? answer : undefined;
    } catch (error) {
      // Another version may have other features.
      if (error instanceof HubError && error.code === 'COLUMN_UNKNOWN') return undefined;
      throw error;
    }
  }

  private async answerElsewhere(question: PropensityQuestion): Promise<PropensityAnswer> {
    const desk = await this.openElsewhere();
    try {
      return await desk.answer(question);
    } finally {
      await desk.close();
    }
  }
}

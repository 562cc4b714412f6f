import type { RegisteredModel } from './model-registry';

export interface DeploymentOptions {
  readonly signal?: AbortSignal;
  /** @param state in the words of what serves models */
  readonly onProgress?: (state: string) => void;
}

/** Has versions of models answer, where something else than the worker does. */
export interface ModelDeployment {
  /**
   * Has a version answer in place of the one that does, which goes on until it is ready, and where it fails. What was cut off may be
   * asked for again.
   *
   * @throws HubError `MODEL_DEPLOYMENT_FAILED` with the reason; `MODEL_DEPLOYMENT_CONFLICT` (retryable) while another is under way
   */
  deploy(model: RegisteredModel, options?: DeploymentOptions): Promise<void>;
  close(): Promise<void>;
}

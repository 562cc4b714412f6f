import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
  UpdateEndpointCommand,
  type EndpointStatus,
} from '@aws-sdk/client-sagemaker';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';
import { modelRequest, configRequest, versionOf, type EndpointSettings } from './endpoint-settings';
import { isMissing, isThere } from './sagemaker-messages';

/** An endpoint as SageMaker tells of it. */
export interface EndpointState {
  readonly status: EndpointStatus;
  /** The version that it serves, or is to serve. */
  readonly version: string;
  readonly failureReason: string | undefined;
}

export interface Deployment {
  /** The version that the endpoint serves now. */
  readonly version: string;
  /** The one that it served before, where that was another: what to go back to. */
  readonly before: string | undefined;
}

export interface WaitOptions {
  /** How often to look, in milliseconds; by default 10,000. */
  readonly pollMs?: number;
  /** Called at every look. */
  readonly onProgress?: (state: EndpointState) => void;
  readonly signal?: AbortSignal;
}

const POLL_MS = 10_000;
const UNDER_WAY: readonly (EndpointStatus | undefined)[] = [
  'Creating',
  'Deleting',
  'RollingBack',
  'SystemUpdating',
  'Updating',
];

/**
 * Real-time endpoints of SageMaker. A version is a model with an endpoint configuration, both named by a hash of what
 * they are: whatever is cut off may be asked for again, and is taken up where it is. An endpoint that serves goes on to
 * serve while another version is deployed, and if that fails.
 */
export class SageMakerEndpoints {
  private readonly client: SageMakerClient;

  constructor(connection: AwsConnection) {
    this.client = new SageMakerClient(clientConfig('sagemaker', connection));
  }

  /**
   * Makes an endpoint serve a model, and waits until it does. When that fails, nothing of it is left.
   *
   * @throws HubError `MODEL_DEPLOYMENT_FAILED` with SageMaker's reason; `MODEL_DEPLOYMENT_CONFLICT` (retryable) while
   * another is under way; `CANCELLED`, where SageMaker goes on with what it began
   */
  async deploy(settings: EndpointSettings, options: WaitOptions = {}): Promise<Deployment> {
    const version = versionOf(settings);
    const before = await this.settled(settings.name, options);
    if (serves(before, version)) return { version, before: undefined };
    await this.createVersion(settings, options.signal);
    // Nothing else can be done to one that failed.
    if (before?.status === 'Failed') await this.remove(settings.name, options);
    const former = before?.status === 'Failed' ? undefined : before?.version;
    await this.turnTo(settings.name, version, former !== undefined, options.signal);
    const after = await this.settled(settings.name, options);
    if (serves(after, version)) return { version, before: former === version ? undefined : former };
    await this.takeBack(settings.name, version, after, options);
    throw failed(settings.name, version, former, after);
  }

  /** Makes an endpoint serve a version that it served before. Throws as `deploy` does. */
  async rollBack(name: string, version: string, options: WaitOptions = {}): Promise<void> {
    const before = await this.settled(name, options);
    if (serves(before, version)) return;
    await this.turnTo(name, version, before !== undefined, options.signal);
    const after = await this.settled(name, options);
    if (!serves(after, version)) throw failed(name, version, before?.version, after);
  }

  /** What an endpoint serves; undefined when there is none of that name. */
  async describe(name: string, signal?: AbortSignal): Promise<EndpointState | undefined> {
    const found = await this.unless(isMissing, `looking at the endpoint ${name}`, signal, (options) =>
      this.client.send(new DescribeEndpointCommand({ EndpointName: name }), options),
    );
    if (found === undefined) return undefined;
    const { EndpointStatus: status, EndpointConfigName: version, FailureReason: failureReason } = found;
    return { status: status!, version: version!, failureReason };
  }

  /** Removes an endpoint, but none of its versions. */
  async remove(name: string, options: WaitOptions = {}): Promise<void> {
    await this.unless(isMissing, `removing the endpoint ${name}`, options.signal, (request) =>
      this.client.send(new DeleteEndpointCommand({ EndpointName: name }), request),
    );
    await this.settled(name, options);
  }

  /** Removes a version that no endpoint serves: its configuration and its model. */
  async removeVersion(version: string, signal?: AbortSignal): Promise<void> {
    const what = `removing the model version ${version}`;
    await this.unless(isMissing, what, signal, (options) =>
      this.client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: version }), options),
    );
    await this.unless(isMissing, what, signal, (options) =>
      this.client.send(new DeleteModelCommand({ ModelName: version }), options),
    );
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  private async createVersion(settings: EndpointSettings, signal: AbortSignal | undefined): Promise<void> {
    const what = `creating the model version ${versionOf(settings)}`;
    await this.unless(isThere, what, signal, (options) =>
      this.client.send(new CreateModelCommand(modelRequest(settings)), options),
    );
    await this.unless(isThere, what, signal, (options) =>
      this.client.send(new CreateEndpointConfigCommand(configRequest(settings)), options),
    );
  }

  private async turnTo(name: string, version: string, exists: boolean, signal: AbortSignal | undefined) {
    const request = { EndpointName: name, EndpointConfigName: version };
    await this.unless(isThere, `deploying ${version} to the endpoint ${name}`, signal, (options) =>
      exists
        ? this.client.send(new UpdateEndpointCommand(request), options)
        : this.client.send(new CreateEndpointCommand(request), options),
    );
  }

  /** SageMaker itself goes back to the former version of an update; the rest is for whoever asked. */
  private async takeBack(
    name: string,
    version: string,
    after: EndpointState | undefined,
    options: WaitOptions,
  ): Promise<void> {
    const isFailed = after?.status === 'Failed' && after.version === version;
    if (isFailed) await this.remove(name, options);
    if (isFailed || after?.version !== version) await this.removeVersion(version, options.signal);
  }

  /** Waits until nothing is under way. */
  private async settled(name: string, options: WaitOptions): Promise<EndpointState | undefined> {
    const { pollMs = POLL_MS, onProgress, signal } = options;
    for (;;) {
      const state = await this.describe(name, signal);
      if (state !== undefined) onProgress?.(state);
      if (!UNDER_WAY.includes(state?.status)) return state;
      await callAws(`waiting for the endpoint ${name}`, signal, () => delay(pollMs, undefined, { signal }));
    }
  }

  /** Does something, unless it is done already, which SageMaker tells as an error. */
  private unless<T>(
    isDone: (error: unknown) => boolean,
    what: string,
    signal: AbortSignal | undefined,
    work: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T | undefined> {
    return callAws(what, signal, () =>
      work({ abortSignal: signal }).catch((error: unknown) => {
        if (isDone(error)) return undefined;
        if (error instanceof Error && /in-progress/i.test(error.message)) throw conflict(what, error);
        throw error;
      }),
    );
  }
}

function serves(state: EndpointState | undefined, version: string): boolean {
  return state?.status === 'InService' && state.version === version;
}

function conflict(what: string, cause: Error): HubError {
  return new HubError(
    'MODEL_DEPLOYMENT_CONFLICT',
    `${what} failed: another deployment was under way (${cause.message})`,
    {
      retryable: true,
      cause,
    },
  );
}

function failed(name: string, version: string, former: string | undefined, after: EndpointState | undefined): HubError {
  const what = `deploying ${version} to the endpoint ${name}`;
  if (after?.status === 'InService' && after.version !== former && after.version !== version)
    return conflict(what, new Error(`it serves ${after.version}`));
  const reason = after?.failureReason ?? `its status is ${after?.status ?? 'unknown'}`;
  const now = after?.status === 'InService' ? `the endpoint serves ${after.version}` : 'the endpoint serves nothing';
  return new HubError(
    'MODEL_DEPLOYMENT_FAILED',
    `${what} failed: ${reason}; ${now}. Look at the container's log in CloudWatch, /aws/sagemaker/Endpoints/${name}`,
  );
}

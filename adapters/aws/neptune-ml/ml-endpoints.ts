import {
  CreateMLEndpointCommand,
  DeleteMLEndpointCommand,
  GetMLEndpointCommand,
  type GetMLEndpointOutput,
  type NeptunedataClient,
} from '@aws-sdk/client-neptunedata';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { untilEnded } from '../until-ended';
import type { NeptuneMlSettings } from './ml-settings';

/** It takes some ten minutes. */
const MOST_POLL_MS = 15_000;
const UNDER_WAY = ['Creating', 'Updating', 'Deleting'];

/** Endpoints that answer what a model said of a graph. One of an id answers the same for as long as there is one. */
export class NeptuneMlEndpoints {
  constructor(
    private readonly client: NeptunedataClient,
    private readonly settings: Pick<NeptuneMlSettings, 'roleArn' | 'endpointInstanceType' | 'kmsKeyId'>,
  ) {}

  /**
   * Has an endpoint answer what a transform job has found, or finds that it does. One that is not finished when the signal
   * fires, or that fails, is removed.
   *
   * @throws HubError `ML_ENDPOINT_FAILED` with Neptune's reason, retryable; `CANCELLED`; as `awsError` tells
   */
  async serve(id: string, transform: string, signal?: AbortSignal): Promise<void> {
    const before = await this.look(id, signal);
    if (before?.status === 'InService') return;
    if (before === undefined) await this.create(id, transform, signal);
    const { status, endpoint } = await untilEnded<GetMLEndpointOutput>(
      {
        look: async () => (await this.look(id, signal)) ?? { status: 'Gone' },
        hasEnded: (state) => !UNDER_WAY.includes(state.status!),
        stop: () => this.remove(id).catch(() => undefined),
        mostMs: MOST_POLL_MS,
      },
      signal,
    );
    if (status === 'InService') return;
    await this.remove(id);
    const reason = endpoint?.failureReason ?? `it ended as ${status}`;
    throw new HubError('ML_ENDPOINT_FAILED', `the endpoint ${id} of Neptune ML failed: ${reason}`, { retryable: true });
  }

  /** One that is not there is no error. Throws as `awsError` tells. */
  async remove(id: string): Promise<void> {
    await callAws(`removing the endpoint ${id} of Neptune ML`, undefined, () =>
      this.client.send(new DeleteMLEndpointCommand({ id, neptuneIamRoleArn: this.settings.roleArn })).catch(unlessGone),
    );
  }

  private async look(id: string, signal: AbortSignal | undefined): Promise<GetMLEndpointOutput | undefined> {
    return callAws(`looking at the endpoint ${id} of Neptune ML`, signal, (abort) =>
      this.client
        .send(new GetMLEndpointCommand({ id, neptuneIamRoleArn: this.settings.roleArn }), abort)
        .catch(unlessGone),
    );
  }

  private async create(id: string, transform: string, signal: AbortSignal | undefined): Promise<void> {
    const { roleArn, endpointInstanceType: instanceType, kmsKeyId } = this.settings;
    const command = new CreateMLEndpointCommand({
      id,
      mlModelTransformJobId: transform,
      neptuneIamRoleArn: roleArn,
      ...(instanceType === undefined ? {} : { instanceType }),
      ...(kmsKeyId === undefined ? {} : { volumeEncryptionKMSKey: kmsKeyId }),
    });
    await callAws(`making the endpoint ${id} of Neptune ML`, signal, (abort) =>
      this.client.send(command, abort).catch(async (error: unknown) => {
        // Nobody knows whether it was made.
        if (signal?.aborted) await this.remove(id).catch(() => undefined);
        // The answer to the first try may have been lost.
        else if ((await this.look(id, signal)) !== undefined) return;
        throw error;
      }),
    );
  }
}

/** What there is not is no error. */
export function unlessGone(error: unknown): undefined {
  if (error instanceof Error && error.name === 'MLResourceNotFoundException') return undefined;
  throw error;
}

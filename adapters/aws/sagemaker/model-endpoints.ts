import type { DeploymentOptions, ModelDeployment } from '../../../ports/model-deployment';
import type { RegisteredModel } from '../../../ports/model-registry';
import type { ObjectStore } from '../../../ports/object-store';
import { ARCHIVE, packed } from '../../files/model-archive';
import type { AwsConnection } from '../client-policy';
import type { EndpointSettings } from './endpoint-settings';
import { SageMakerEndpoints, type WaitOptions } from './endpoints';

/** By `name`, what the names of endpoints begin with: that of a model is `<name>-<model>`. */
export type ModelEndpointSettings = Omit<EndpointSettings, 'modelDataUrl' | 'environment'>;

/** Where models are kept. */
export interface KeptModels {
  readonly objects: ObjectStore;
  /** Of the objects: `s3://bucket/prefix`. */
  readonly location: string;
}

const MANIFEST = 'manifest.json';
/** Both in one archive. */
const SERVED = 'served.tar.gz';

/** What the model server reads its version from, which it tells with every answer. */
export const VERSION_VARIABLE = 'HUB_MODEL_VERSION';

export function endpointOf(name: string, model: string): string {
  return `${name}-${model}`;
}

/** Deployed models behind real-time endpoints of SageMaker, one each. */
export class SageMakerModelEndpoints implements ModelDeployment {
  private readonly endpoints: SageMakerEndpoints;

  constructor(
    connection: AwsConnection,
    private readonly settings: ModelEndpointSettings,
    private readonly kept: KeptModels,
    private readonly wait: Pick<WaitOptions, 'pollMs'> = {},
  ) {
    this.endpoints = new SageMakerEndpoints(connection);
  }

  async deploy(registered: RegisteredModel, { signal, onProgress }: DeploymentOptions = {}): Promise<void> {
    const { before } = await this.endpoints.deploy(
      {
        ...this.settings,
        name: endpointOf(this.settings.name, registered.model),
        modelDataUrl: await this.pack(registered, signal),
        environment: { [VERSION_VARIABLE]: registered.version },
      },
      {
        ...this.wait,
        ...(signal && { signal }),
        onProgress: ({ status }) => onProgress?.(status),
      },
    );
    // What is gone back to is made anew of its archive, under the same name.
    if (before !== undefined) await this.endpoints.removeVersion(before, signal);
  }

  close(): Promise<void> {
    return this.endpoints.close();
  }

  /** SageMaker hands a container one archive, and the model server reads two files. Returns where it is. */
  private async pack({ model, version }: RegisteredModel, signal: AbortSignal | undefined): Promise<string> {
    const { objects, location } = this.kept;
    const folder = `models/${model}/${version}`;
    const read = (file: string) => objects.read(`${folder}/${file}`, signal === undefined ? {} : { signal });
    const files = { [ARCHIVE]: await read(ARCHIVE), [MANIFEST]: await read(MANIFEST) };
    await objects.put(`${folder}/${SERVED}`, await packed(files), signal);
    return `${location}/${folder}/${SERVED}`;
  }
}

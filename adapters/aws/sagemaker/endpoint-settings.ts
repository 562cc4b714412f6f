import { createHash } from 'node:crypto';
import type { CreateEndpointConfigCommandInput, CreateModelCommandInput } from '@aws-sdk/client-sagemaker';
import { HubError } from '../../../core/errors';

/** What runs a model: instances that are always there, or none until somebody asks. */
export type EndpointCapacity =
  | { readonly instanceType: string; readonly instances: number }
  | { readonly serverlessMemoryMb: number; readonly mostAtOnce: number };

/** An endpoint and the model that it is to serve. */
export interface EndpointSettings {
  /** Letters, digits and hyphens, 50 at most: versions add a hash to it. */
  readonly name: string;
  /** The container's image in ECR. */
  readonly image: string;
  /** `model.tar.gz` in S3. */
  readonly modelDataUrl: string;
  /** The role that the container runs under. */
  readonly roleArn: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly capacity: EndpointCapacity;
  /** Encrypts the instances' volumes. */
  readonly kmsKeyId?: string;
  /** The network that the container runs in; without it, one of SageMaker's own. */
  readonly vpc?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
}

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;
/** SageMaker takes 63 characters, and versions add 13. */
const NAME_CHARACTERS = 50;
const HASH_DIGITS = 12;

/**
 * The name of the model and of the endpoint configuration: the same for the same settings, in whatever order they are.
 *
 * @throws HubError `ENDPOINT_NAME_INVALID`
 */
export function versionOf(settings: EndpointSettings): string {
  const { name } = settings;
  if (!NAME.test(name) || name.length > NAME_CHARACTERS)
    throw new HubError(
      'ENDPOINT_NAME_INVALID',
      `"${name}" is no name of an endpoint: letters, digits and hyphens between them, ${NAME_CHARACTERS} at most`,
      { field: 'name' },
    );
  const hash = createHash('sha256')
    .update(JSON.stringify(inOrder(settings)))
    .digest('hex');
  return `${name}-${hash.slice(0, HASH_DIGITS)}`;
}

export function modelRequest(settings: EndpointSettings): CreateModelCommandInput {
  const { image, modelDataUrl, roleArn, environment, vpc } = settings;
  return {
    ModelName: versionOf(settings),
    ExecutionRoleArn: roleArn,
    PrimaryContainer: { Image: image, ModelDataUrl: modelDataUrl, Environment: environment },
    ...(vpc === undefined
      ? {}
      : { VpcConfig: { Subnets: [...vpc.subnets], SecurityGroupIds: [...vpc.securityGroups] } }),
  };
}

export function configRequest(settings: EndpointSettings): CreateEndpointConfigCommandInput {
  const { capacity, kmsKeyId } = settings;
  const version = versionOf(settings);
  return {
    EndpointConfigName: version,
    KmsKeyId: kmsKeyId,
    ProductionVariants: [
      {
        VariantName: 'model',
        ModelName: version,
        ...('instances' in capacity
          ? {
              InstanceType: capacity.instanceType as 'ml.m5.large',
              InitialInstanceCount: capacity.instances,
              InitialVariantWeight: 1,
            }
          : {
              ServerlessConfig: { MemorySizeInMB: capacity.serverlessMemoryMb, MaxConcurrency: capacity.mostAtOnce },
            }),
      },
    ],
  };
}

/** Objects with their keys in order, so that equal settings have equal texts. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, inOrder(each)]));
}

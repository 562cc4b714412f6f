import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  SageMakerClient,
  UpdateModelPackageCommand,
  paginateListModelPackages,
  type ModelPackageSummary,
} from '@aws-sdk/client-sagemaker';
import { HubError } from '../../../core/errors';
import type { MeanMeasures } from '../../../core/propensity/evaluate';
import type { ModelRegistry, RegisteredModel } from '../../../ports/model-registry';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';

export interface ModelPackageSettings {
  /** What the names of groups begin with: a group is `<name>-<model>`. */
  readonly name: string;
  /** The image that serves the archive. */
  readonly image: string;
  /** Of the lake's objects: `s3://bucket/prefix`. */
  readonly location: string;
}

type Status = Parameters<ModelRegistry['decide']>[1];

/** SageMaker knows no word for what nobody decided of, or what the gate refused. */
const APPROVAL: Readonly<Record<Status, 'Approved' | 'Rejected'>> = {
  deployed: 'Approved',
  refused: 'Rejected',
  rejected: 'Rejected',
  expired: 'Rejected',
};
const MOST_DESCRIPTION = 1_024;
const MOST_NAME = 63;

/** As SageMaker takes it: no line breaks, and no half of a character at its end. */
function inOneLine(text: string): string {
  return Array.from(text.replaceAll(/\p{Cc}+/gu, ' '))
    .slice(0, MOST_DESCRIPTION / 2)
    .join('');
}

/** Versions of models as model packages of SageMaker, in a group for each model; a package's description is the hub's version. */
export class SageMakerModelPackages implements ModelRegistry {
  private readonly client: SageMakerClient;

  constructor(
    connection: AwsConnection,
    private readonly settings: ModelPackageSettings,
  ) {
    this.client = new SageMakerClient(clientConfig('sagemaker', connection));
  }

  async register(registered: RegisteredModel, measures: MeanMeasures, signal?: AbortSignal): Promise<void> {
    const { model, version } = registered;
    await this.ensureGroup(model, signal);
    if ((await this.find(registered, signal)) !== undefined) return;
    const { image, location } = this.settings;
    const numbers = Object.entries(measures).filter(([, value]) => typeof value === 'number');
    await callAws(`registering ${model} ${version}`, signal, (abort) =>
      this.client.send(
        new CreateModelPackageCommand({
          ModelPackageGroupName: this.groupOf(model),
          ModelPackageDescription: version,
          ModelApprovalStatus: 'PendingManualApproval',
          InferenceSpecification: {
            Containers: [{ Image: image, ModelDataUrl: `${location}/models/${model}/${version}/model.tar.gz` }],
            SupportedContentTypes: ['text/csv'],
            SupportedResponseMIMETypes: ['text/csv'],
          },
          CustomerMetadataProperties: {
            hubVersion: version,
            ...Object.fromEntries(numbers.map(([name, value]) => [name, String(value)])),
          },
        }),
        abort,
      ),
    );
  }

  async decide(registered: RegisteredModel, status: Status, reason: string, signal?: AbortSignal): Promise<void> {
    const found = await this.find(registered, signal);
    if (found === undefined) return;
    const { model, version } = registered;
    await callAws(`telling SageMaker that ${model} ${version} is ${status}`, signal, (abort) =>
      this.client.send(
        new UpdateModelPackageCommand({
          ModelPackageArn: found.ModelPackageArn!,
          ModelApprovalStatus: APPROVAL[status],
          ApprovalDescription: inOneLine(`${status}: ${reason}`),
        }),
        abort,
      ),
    );
  }

  close(): void {
    this.client.destroy();
  }

  private async ensureGroup(model: string, signal: AbortSignal | undefined): Promise<void> {
    const command = new CreateModelPackageGroupCommand({ ModelPackageGroupName: this.groupOf(model) });
    await callAws(`making the model package group ${this.groupOf(model)}`, signal, (abort) =>
      this.client.send(command, abort).catch((error: unknown) => {
        if (!(error instanceof Error) || !/already exist/i.test(error.message)) throw error;
      }),
    );
  }

  private find({ model, version }: RegisteredModel, signal?: AbortSignal): Promise<ModelPackageSummary | undefined> {
    const group = this.groupOf(model);
    return callAws(`looking for ${model} ${version} among the model packages of ${group}`, signal, async () => {
      // Newest first: what is decided of was registered last.
      const query = { ModelPackageGroupName: group, SortBy: 'CreationTime', SortOrder: 'Descending' } as const;
      try {
        for await (const { ModelPackageSummaryList: page = [] } of paginateListModelPackages(
          { client: this.client },
          query,
        )) {
          const found = page.find(({ ModelPackageDescription: description }) => description === version);
          if (found !== undefined) return found;
        }
      } catch (error) {
        if (!(error instanceof Error) || !/does not exist|not found/i.test(error.message)) throw error;
      }
      return undefined;
    });
  }

  /** @throws HubError MODEL_NAME_TOO_LONG */
  private groupOf(model: string): string {
    const group = `${this.settings.name}-${model}`;
    if (group.length <= MOST_NAME) return group;
    const message = `SageMaker takes ${MOST_NAME} characters for the name of a group, and "${group}" has ${group.length}: shorten engines.aws.training.name, or the model's`;
    throw new HubError('MODEL_NAME_TOO_LONG', message, { field: 'engines.aws.training.name' });
  }
}

import {
  InvokeEndpointCommand,
  ModelError,
  SageMakerRuntimeClient,
  ValidationError,
} from '@aws-sdk/client-sagemaker-runtime';
import { z } from 'zod';
import { HubError, messageOf } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';

/** What the model server says of an error: RFC 9457. */
const problem = z.object({
  type: z.string().startsWith('urn:journey-hub:problem:'),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string() })).optional(),
});

/** What the hub's model server said behind an endpoint. */
export interface EndpointAnswer<Answer> {
  readonly answer: Answer;
  /** Of the model, where the container was told it. */
  readonly version?: string;
}

/** A SageMaker real-time endpoint before the hub's model server. */
export class SageMakerEndpoint {
  private readonly client: SageMakerRuntimeClient;

  constructor(
    connection: AwsConnection,
    private readonly endpoint: string,
  ) {
    this.client = new SageMakerRuntimeClient(clientConfig('sagemaker-runtime', connection));
  }

  /**
   * Asks one question.
   *
   * @param schema of its answer
   * @throws HubError what the model server's own error is, as `COLUMN_UNKNOWN`, or `MODEL_LOADING` (retryable); of a server
   * that says nothing `MODEL_FAILED` (retryable when it was its fault); `MODEL_ANSWER_INVALID`, `MODEL_ENDPOINT_MISSING`;
   * as `awsError` tells
   */
  async ask<Answer>(
    question: object,
    schema: z.ZodType<Answer>,
    signal?: AbortSignal,
  ): Promise<EndpointAnswer<Answer>> {
    const command = new InvokeEndpointCommand({
      EndpointName: this.endpoint,
      ContentType: 'application/json',
      Accept: 'application/json',
      Body: JSON.stringify(question),
    });
    const { Body, CustomAttributes: version } = await callAws(`asking ${this.what}`, signal, (abort) =>
      this.client.send(command, abort).catch((error: unknown) => {
        if (error instanceof ModelError) throw this.modelError(error);
        if (error instanceof ValidationError && /not found/i.test(error.message)) throw this.missing(error);
        throw error;
      }),
    );
    return { answer: this.answerIn(Body!, schema), ...(version && { version }) };
  }

  close(): void {
    this.client.destroy();
  }

  private answerIn<Answer>(body: Uint8Array, schema: z.ZodType<Answer>): Answer {
    try {
      return schema.parse(JSON.parse(Buffer.from(body).toString()));
    } catch (error) {
      throw new HubError(
        'MODEL_ANSWER_INVALID',
        `${this.what} did not answer as the hub's model server does (${messageOf(error)}); check which model it serves`,
        { cause: error },
      );
    }
  }

  /** An error of the container, which SageMaker passes on. */
  private modelError(cause: ModelError): HubError {
    const { OriginalStatusCode: status = 500, OriginalMessage: said = '' } = cause;
    // A container that did not answer at all has no status.
    const retryable = status === 0 || status === 429 || status >= 500;
    const told = problem.safeParse(jsonOf(said));
    if (told.success) {
      const { type, detail, errors } = told.data;
      const code = type.slice('urn:journey-hub:problem:'.length).toUpperCase().replaceAll('-', '_');
      return new HubError(code, `${this.what}: ${detail}`, { retryable, field: errors?.[0]?.field, cause });
    }
    const log = cause.LogStreamArn === undefined ? '' : `; its log is ${cause.LogStreamArn}`;
    return new HubError('MODEL_FAILED', `${this.what} failed (status ${status}): ${said || cause.message}${log}`, {
      retryable,
      cause,
    });
  }

  private missing(cause: Error): HubError {
    return new HubError('MODEL_ENDPOINT_MISSING', `there is no ${this.what}: deploy a model there, or name another`, {
      cause,
    });
  }

  private get what(): string {
    return `the SageMaker endpoint ${this.endpoint}`;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

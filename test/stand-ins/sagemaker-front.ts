import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startHttpFront, type HttpFront } from './http-front';
import { engineUsed } from '../support/used-engines';

type Input = Readonly<Record<string, string>>;
type Status = 'Creating' | 'Updating' | 'RollingBack' | 'Deleting' | 'InService' | 'Failed';

interface Endpoint {
  /** The configuration that is served, and the one that is to be. */
  serving: string;
  target: string;
  status: Status;
  /** How often it is still told to be under way. */
  looks: number;
  reason?: string;
}

interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How often an endpoint is seen on its way from one state to the next. */
const LOOKS = 2;
const KINDS: Readonly<Record<string, string>> = {
  Model: 'model',
  EndpointConfig: 'endpoint configuration',
  Endpoint: 'endpoint',
};

/**
 * SageMaker's control plane where Moto's is simpler: endpoints take their time, may fail, and go back to what they
 * served when an update fails; what there is cannot be created again. All else is Moto's.
 */
export class SageMakerFront {
  /** Images of containers that never come into service. */
  readonly failing = new Set<string>();
  private readonly created = new Set<string>();
  private readonly images = new Map<string, string>();
  private readonly endpoints = new Map<string, Endpoint>();

  private constructor(private readonly moto: string) {}

  static async start(moto: string): Promise<SageMakerFront & HttpFront> {
    engineUsed('front of SageMaker');
    const front = new SageMakerFront(moto);
    return Object.assign(front, await startHttpFront((request, response) => front.serve(request, response)));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await text(request);
    const target = request.headers['x-amz-target'] as string;
    const pass = async (): Promise<Answered> => {
      const { authorization = '' } = request.headers;
      const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1', authorization };
      const answer = await fetch(this.moto, { method: 'POST', headers, body: asked });
      const body = await answer.text();
      return { status: answer.status, body: body === '' ? {} : (JSON.parse(body) as Answered['body']) };
    };
    const { status, body } = await this.answer(target.split('.')[1]!, JSON.parse(asked) as Input, pass);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  }

  private async answer(operation: string, input: Input, pass: () => Promise<Answered>): Promise<Answered> {
    const [, verb, kind] = /^(Create|Delete|Describe|Update)(.*)$/.exec(operation) ?? [];
    if (kind === undefined || KINDS[kind] === undefined) return pass();
    const name = input[`${kind}Name`]!;
    if (verb === 'Update') return this.update(name, input['EndpointConfigName']!);
    if (verb === 'Describe' && kind === 'Endpoint') return this.describe(name, await pass());
    const id = `${kind} ${name}`;
    if (verb === 'Create' && this.created.has(id))
      return invalid(`Cannot create already existing ${KINDS[kind]} "arn:aws:sagemaker:eu-central-1:1:${name}".`);
    const answered = await pass();
    if (answered.status === 200 && verb === 'Create') this.create(kind, name, input);
    if (answered.status === 200 && verb === 'Delete') this.remove(kind, name);
    return answered;
  }

  private create(kind: string, name: string, input: Readonly<Record<string, unknown>>): void {
    this.created.add(`${kind} ${name}`);
    if (kind === 'Model') this.images.set(name, (input['PrimaryContainer'] as { Image: string }).Image);
    const config = input['EndpointConfigName'] as string;
    if (kind === 'Endpoint')
      this.endpoints.set(name, { serving: config, target: config, status: 'Creating', looks: LOOKS });
  }

  private remove(kind: string, name: string): void {
    const endpoint = this.endpoints.get(name);
    if (kind === 'Endpoint' && endpoint !== undefined) Object.assign(endpoint, { status: 'Deleting', looks: LOOKS });
    else this.created.delete(`${kind} ${name}`);
  }

  private update(name: string, config: string): Answered {
    const endpoint = this.endpoints.get(name);
    if (endpoint === undefined) return invalid(`Could not find endpoint "${name}".`);
    if (!this.created.has(`EndpointConfig ${config}`))
      return invalid(`Could not find endpoint configuration "${config}".`);
    if (endpoint.status !== 'InService') return invalid('Cannot update in-progress endpoint.');
    Object.assign(endpoint, { target: config, status: 'Updating', looks: LOOKS, reason: undefined });
    return { status: 200, body: { EndpointArn: `arn:aws:sagemaker:eu-central-1:1:endpoint/${name}` } };
  }

  private describe(name: string, moto: Answered): Answered {
    const endpoint = this.endpoints.get(name);
    if (endpoint === undefined) return moto;
    const { status: EndpointStatus, serving: EndpointConfigName, reason: FailureReason } = endpoint;
    const told = { EndpointName: name, EndpointConfigName, EndpointStatus, FailureReason };
    this.goOn(name, endpoint);
    const rest = moto.status === 200 ? moto.body : {};
    return { status: 200, body: { ...rest, ...told } };
  }

  /** An endpoint's state is another after it was looked at so often. */
  private goOn(name: string, endpoint: Endpoint): void {
    if (['InService', 'Failed'].includes(endpoint.status) || --endpoint.looks > 0) return;
    const isFailing = this.failing.has(this.images.get(endpoint.target) ?? '');
    if (isFailing) endpoint.reason = 'The primary container did not pass the ping health check.';
    if (endpoint.status === 'Deleting') {
      this.endpoints.delete(name);
      this.created.delete(`Endpoint ${name}`);
    } else if (endpoint.status === 'Creating') endpoint.status = isFailing ? 'Failed' : 'InService';
    else if (endpoint.status === 'Updating' && isFailing)
      Object.assign(endpoint, { status: 'RollingBack', looks: LOOKS });
    else {
      if (endpoint.status === 'Updating') endpoint.serving = endpoint.target;
      endpoint.status = 'InService';
    }
  }
}

function invalid(message: string): Answered {
  return { status: 400, body: { __type: 'ValidationException', message } };
}

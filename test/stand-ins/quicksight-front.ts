import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startHttpFront, type HttpFront } from './http-front';
import { engineUsed } from '../support/used-engines';

interface EmbedInput {
  readonly AllowedDomains?: readonly string[];
  readonly AuthorizedResourceArns?: readonly string[];
  readonly ExperienceConfiguration?: { readonly Dashboard?: { readonly InitialDashboardId?: string } };
  readonly Namespace?: string;
  readonly SessionLifetimeInMinutes?: number;
  readonly SessionTags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly UserArn?: string;
}

/** What an account of QuickSight has. */
export interface PretendedAccount {
  readonly accountId: string;
  /** ARNs of users, and of dashboards. */
  readonly users: readonly string[];
  readonly dashboards: readonly string[];
  readonly namespaces: readonly string[];
}

export interface SeenEmbedding {
  readonly kind: 'anonymous-user' | 'registered-user';
  readonly input: EmbedInput;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const PATH = /^\/accounts\/([^/]*)\/embed-url\/(anonymous-user|registered-user)$/;
const REGISTERED_FIELDS = ['AllowedDomains', 'ExperienceConfiguration', 'SessionLifetimeInMinutes', 'UserArn'];
const DOMAIN = /^https:\/\/(\*\.)?[a-z0-9.-]+(:\d+)?$/;

/**
 * The embedding calls of QuickSight's REST API, with what the service's reference says that it checks. It looks at who
 * asks no further than that somebody signed for this service.
 */
export class QuickSightFront {
  /** What was embedded, in order. */
  readonly embedded: SeenEmbedding[] = [];

  private constructor(private readonly account: PretendedAccount) {}

  static async start(account: PretendedAccount): Promise<QuickSightFront & HttpFront> {
    engineUsed('front of QuickSight');
    const front = new QuickSightFront(account);
    return Object.assign(front, await startHttpFront((request, response) => front.serve(request, response)));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await text(request);
    const RequestId = randomUUID();
    const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': RequestId, ...headers })
        .end(JSON.stringify(body));
    try {
      const EmbedUrl = this.embed(request, JSON.parse(asked) as EmbedInput);
      answer(200, { EmbedUrl, Status: 200, RequestId });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      answer(error.status, { Message: error.message, RequestId }, { 'x-amzn-errortype': error.code });
    }
  }

  private embed({ method, url, headers }: IncomingMessage, input: EmbedInput): string {
    const [, accountId, kind] = PATH.exec(url!) ?? [];
    if (method !== 'POST' || kind === undefined) throw new Refused(404, 'UnknownOperationException', `no ${url}`);
    if (!/Credential=[^,]+\/quicksight\/aws4_request/.test(headers.authorization ?? ''))
      throw new Refused(403, 'MissingAuthenticationToken', 'Missing Authentication Token');
    if (accountId !== this.account.accountId) throw new Refused(403, 'AccessDeniedException', 'of another account');
    checkSession(input);
    if (kind === 'anonymous-user') this.checkAnonymous(input);
    else this.checkRegistered(input);
    this.embedded.push({ kind: kind as SeenEmbedding['kind'], input });
    const { InitialDashboardId } = input.ExperienceConfiguration!.Dashboard!;
    return `https://eu-central-1.quicksight.aws.amazon.com/embed/${randomUUID()}/dashboards/${InitialDashboardId}?code=${randomUUID()}&identityprovider=quicksight&isauthcode=true`;
  }

  private checkAnonymous({ Namespace, AuthorizedResourceArns = [], SessionTags = [], ...input }: EmbedInput): void {
    if (!this.account.namespaces.includes(Namespace ?? '')) throw missing(`Namespace ${Namespace} does not exist`);
    const arn = this.dashboardOf(input);
    if (!AuthorizedResourceArns.includes(arn)) throw new Refused(403, 'AccessDeniedException', `not allowed: ${arn}`);
    const isFit = SessionTags.every(
      ({ Key, Value }) => Key.length >= 1 && Key.length <= 128 && Value.length >= 1 && Value.length <= 256,
    );
    if (SessionTags.length > 50 || !isFit) throw wrong('SessionTags');
    if (input.UserArn !== undefined) throw wrong('UserArn');
  }

  private checkRegistered(input: EmbedInput): void {
    const others = Object.keys(input).filter((name) => !REGISTERED_FIELDS.includes(name));
    if (others.length > 0) throw wrong(others.join());
    this.dashboardOf(input);
    if (!this.account.users.includes(input.UserArn ?? ''))
      throw new Refused(404, 'QuickSightUserNotFoundException', `User ${input.UserArn} not found`);
  }

  private dashboardOf({ ExperienceConfiguration }: EmbedInput): string {
    const id = ExperienceConfiguration?.Dashboard?.InitialDashboardId ?? '';
    const arn = this.account.dashboards.find((each) => each.endsWith(`:dashboard/${id}`));
    if (arn === undefined) throw missing(`Dashboard ${id} does not exist`);
    return arn;
  }
}

function checkSession({ SessionLifetimeInMinutes: minutes = 600, AllowedDomains = [] }: EmbedInput): void {
  if (minutes < 15 || minutes > 600)
    throw new Refused(400, 'SessionLifetimeInMinutesInvalidException', 'must be 15-600 minutes');
  if (AllowedDomains.length > 3 || !AllowedDomains.every((domain) => DOMAIN.test(domain)))
    throw wrong('AllowedDomains');
}

function wrong(what: string): Refused {
  return new Refused(400, 'InvalidParameterValueException', `the value of ${what} is not valid`);
}

function missing(message: string): Refused {
  return new Refused(404, 'ResourceNotFoundException', message);
}

import {
  GenerateEmbedUrlForAnonymousUserCommand,
  GenerateEmbedUrlForRegisteredUserCommand,
  QuickSightClient,
} from '@aws-sdk/client-quicksight';
import { HubError } from '../../../core/errors';
import type { Dashboards, EmbedRequest, EmbeddedDashboard } from '../../../ports/dashboards';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';
import { checkedRequest } from './embed-checks';

export interface QuickSightAccount {
  /** The account that the dashboards are in: twelve digits. */
  readonly accountId: string;
  /** Of users; `default` unless the account has others. */
  readonly namespace?: string;
  /** Where the account's users are kept; by default the connection's region, where the dashboards are. */
  readonly identityRegion?: string;
}

const ACCOUNT_ID = /^\d{12}$/;
const NAMESPACE = /^[a-zA-Z0-9._-]{1,64}$/;
/** How long an address may be opened. */
const URL_MS = 5 * 60_000;

/** Dashboards of QuickSight. */
export class QuickSightDashboards implements Dashboards {
  private readonly client: QuickSightClient;
  private readonly region: string;
  private readonly namespace: string;

  /** @throws HubError `QUICKSIGHT_ACCOUNT_INVALID` for an account or a namespace that there can be none of */
  constructor(
    connection: AwsConnection,
    private readonly account: QuickSightAccount,
  ) {
    const { accountId, namespace = 'default' } = account;
    if (!ACCOUNT_ID.test(accountId)) throw invalidAccount('accountId', `"${accountId}" is not twelve digits`);
    if (!NAMESPACE.test(namespace)) throw invalidAccount('namespace', `"${namespace}" is no name of a namespace`);
    this.namespace = namespace;
    this.region = connection.region;
    this.client = new QuickSightClient(clientConfig('quicksight', connection));
  }

  async embed(request: EmbedRequest, signal?: AbortSignal): Promise<EmbeddedDashboard> {
    const checked = checkedRequest(request);
    const askedAt = Date.now();
    const { EmbedUrl: url } = await callAws(`embedding the dashboard ${checked.dashboard}`, signal, () =>
      this.ask(checked, signal).catch((error: unknown) => {
        throw meaningOf(error, checked) ?? error;
      }),
    );
    if (url === undefined) throw withoutAddress(checked.dashboard);
    return { url: withParameters(url, checked.filters), expiresAt: askedAt + URL_MS };
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  private ask(
    { dashboard, viewer, allowedDomains, lifetimeMinutes }: EmbedRequest,
    abortSignal: AbortSignal | undefined,
  ): Promise<{ EmbedUrl: string | undefined }> {
    const session = {
      AwsAccountId: this.account.accountId,
      SessionLifetimeInMinutes: lifetimeMinutes,
      AllowedDomains: [...allowedDomains],
      ExperienceConfiguration: { Dashboard: { InitialDashboardId: dashboard } },
    };
    if (viewer.kind === 'registered') {
      const UserArn = this.arn(this.account.identityRegion ?? this.region, `user/${this.namespace}/${viewer.user}`);
      return this.client.send(new GenerateEmbedUrlForRegisteredUserCommand({ ...session, UserArn }), { abortSignal });
    }
    const tags = Object.entries(viewer.sessionTags).map(([Key, Value]) => ({ Key, Value }));
    const command = new GenerateEmbedUrlForAnonymousUserCommand({
      ...session,
      Namespace: this.namespace,
      AuthorizedResourceArns: [this.arn(this.region, `dashboard/${dashboard}`)],
      ...(tags.length === 0 ? {} : { SessionTags: tags }),
    });
    return this.client.send(command, { abortSignal });
  }

  private arn(region: string, resource: string): string {
    return `arn:${partitionOf(region)}:quicksight:${region}:${this.account.accountId}:${resource}`;
  }
}

/** QuickSight takes the values of a dashboard's parameters behind the hash. */
function withParameters(url: string, filters: EmbedRequest['filters'] = {}): string {
  const parameters = Object.entries(filters).flatMap(([name, values]) =>
    values.map((value) => `p.${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return parameters.length === 0 ? url : `${url}#${parameters.join('&')}`;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What an error of QuickSight's own means, or undefined for those of any service. */
function meaningOf(error: unknown, { dashboard, viewer, lifetimeMinutes }: EmbedRequest): HubError | undefined {
  if (!(error instanceof Error)) return undefined;
  const because = `(${error.name}: ${error.message})`;
  switch (error.name) {
    case 'ResourceNotFoundException':
      return new HubError(
        'NOT_FOUND',
        `dashboard: QuickSight has no published dashboard "${dashboard}" in this account, region and namespace ${because}`,
        { field: 'dashboard', cause: error },
      );
    case 'QuickSightUserNotFoundException':
      return new HubError(
        'NOT_FOUND',
        `viewer.user: QuickSight has no user "${viewer.kind === 'registered' ? viewer.user : ''}" in this namespace: register them ${because}`,
        { field: 'viewer.user', cause: error },
      );
    case 'SessionLifetimeInMinutesInvalidException':
      return new HubError(
        'EMBED_LIFETIME_INVALID',
        `lifetimeMinutes: QuickSight takes no session of ${lifetimeMinutes} minutes ${because}`,
        { field: 'lifetimeMinutes', cause: error },
      );
    case 'UnsupportedPricingPlanException':
    case 'UnsupportedUserEditionException':
      return new HubError(
        'DASHBOARDS_PLAN_UNSUPPORTED',
        `the QuickSight account's plan has no such embedding: dashboards need the Enterprise edition, anonymous viewers capacity pricing ${because}`,
        { cause: error },
      );
    case 'LimitExceededException':
      return new HubError(
        'DASHBOARDS_QUOTA_EXCEEDED',
        `the QuickSight account has used up a quota: raise it, or the capacity, in Service Quotas ${because}`,
        { cause: error },
      );
    default:
      return undefined;
  }
}

function withoutAddress(dashboard: string): HubError {
  return new HubError('AWS_UNAVAILABLE', `QuickSight gave no address for the dashboard ${dashboard}: try again`, {
    retryable: true,
  });
}

function invalidAccount(field: string, message: string): HubError {
  return new HubError('QUICKSIGHT_ACCOUNT_INVALID', `${field}: ${message}`, { field });
}

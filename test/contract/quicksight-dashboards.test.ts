import { QuickSightDashboards, type QuickSightAccount } from '../../adapters/aws/quicksight/quicksight-dashboards';
import type { EmbedRequest } from '../../ports/dashboards';
import { EXPIRED_TOKEN, FaultProxy, THROTTLED, UNAVAILABLE, type Fault } from '../stand-ins/fault-proxy';
import type { HttpFront } from '../stand-ins/http-front';
import { QuickSightFront } from '../stand-ins/quicksight-front';
import { ENGINE_START_MS } from '../support/engines';
import { testConnection } from '../support/aws';

const ACCOUNT = '123456789012';
const arnOf = (resource: string, region = 'eu-central-1') => `arn:aws:quicksight:${region}:${ACCOUNT}:${resource}`;
const FEDERATED = 'desk-role/ann@x.org';
const RENEE = 'Renée Müller';

let front: QuickSightFront & HttpFront;
let proxy: FaultProxy;
let dashboards: QuickSightDashboards;
beforeAll(async () => {
  front = await QuickSightFront.start({
    accountId: ACCOUNT,
    dashboards: [arnOf('dashboard/churn_2026')],
    users: [
      arnOf('user/default/ann'),
      arnOf(`user/default/${FEDERATED}`),
      arnOf(`user/default/${RENEE}`),
      arnOf('user/partners/bob', 'us-east-1'),
    ],
    namespaces: ['default', 'partners'],
  });
  proxy = await FaultProxy.start(front.url);
  dashboards = open();
}, ENGINE_START_MS);
afterAll(async () => {
  await dashboards.close();
  await proxy.stop();
  await front.stop();
});
beforeEach(() => {
  proxy.reset();
  front.embedded.length = 0;
});

function open(account: Partial<QuickSightAccount> = {}): QuickSightDashboards {
  return new QuickSightDashboards(testConnection(proxy.url, ['quicksight']), { accountId: ACCOUNT, ...account });
}

const ANYBODY: EmbedRequest = {
  dashboard: 'churn_2026',
  viewer: { kind: 'anonymous', sessionTags: { tenant: 'north' } },
  allowedDomains: ['https://desk.example'],
  lifetimeMinutes: 60,
};
const ANN: EmbedRequest = { ...ANYBODY, viewer: { kind: 'registered', user: 'ann' } };
const tagged = (sessionTags: Record<string, string>): EmbedRequest => ({
  ...ANYBODY,
  viewer: { kind: 'anonymous', sessionTags },
});
const of = (user: string): EmbedRequest => ({ ...ANN, viewer: { kind: 'registered', user } });

describe('a dashboard of QuickSight', () => {
  it('is shown to anybody, who sees what their tags open, on the pages named and for so long', async () => {
    const before = Date.now();
    const { url, expiresAt } = await dashboards.embed(ANYBODY);
    expect(url).toMatch(/^https:\/\/.*\/dashboards\/churn_2026\?code=/);
    expect(expiresAt).toBeGreaterThanOrEqual(before + 300_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 300_000);
    expect(front.embedded).toEqual([
      {
        kind: 'anonymous-user',
        input: {
          Namespace: 'default',
          SessionLifetimeInMinutes: 60,
          AllowedDomains: ['https://desk.example'],
          SessionTags: [{ Key: 'tenant', Value: 'north' }],
          AuthorizedResourceArns: [arnOf('dashboard/churn_2026')],
          ExperienceConfiguration: { Dashboard: { InitialDashboardId: 'churn_2026' } },
        },
      },
    ]);
  });

  it.each(['ann', FEDERATED, RENEE])('is shown to the user %s, by what QuickSight knows of them', async (user) => {
    await dashboards.embed(of(user));
    expect(front.embedded).toEqual([
      {
        kind: 'registered-user',
        input: {
          UserArn: arnOf(`user/default/${user}`),
          SessionLifetimeInMinutes: 60,
          AllowedDomains: ['https://desk.example'],
          ExperienceConfiguration: { Dashboard: { InitialDashboardId: 'churn_2026' } },
        },
      },
    ]);
  });

  it('is shown to users of another namespace, who are kept in another region', async () => {
    const partners = open({ namespace: 'partners', identityRegion: 'us-east-1' });
    await partners.embed(of('bob'));
    await partners.embed(ANYBODY);
    await expect(partners.embed(of('ann'))).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'viewer.user' });
    expect(front.embedded.map(({ input }) => input.UserArn ?? input.Namespace)).toEqual([
      arnOf('user/partners/bob', 'us-east-1'),
      'partners',
    ]);
    await partners.close();
  });

  it('keeps tags in any script what they are', async () => {
    const tags = { région: "Île-de-France 🙂 '; --", __proto_: '{"Key":"tenant"}' };
    await dashboards.embed(tagged(tags));
    expect(front.embedded[0]!.input.SessionTags).toEqual(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })));
    await dashboards.embed(tagged({}));
    expect(front.embedded[1]!.input).not.toHaveProperty('SessionTags');
  });

  it('is shown on domains as browsers name them', async () => {
    const allowedDomains = ['https://Bücher.example/', 'https://*.desk.example', 'https://desk.example:8443'];
    await dashboards.embed({ ...ANYBODY, allowedDomains });
    expect(front.embedded[0]!.input.AllowedDomains).toEqual([
      'https://xn--bcher-kva.example',
      'https://*.desk.example',
      'https://desk.example:8443',
    ]);
  });

  it.each([15, 600])('is shown for %i minutes', async (lifetimeMinutes) => {
    await dashboards.embed({ ...ANN, lifetimeMinutes });
    expect(front.embedded[0]!.input.SessionLifetimeInMinutes).toBe(lifetimeMinutes);
  });
});

describe('what QuickSight would not take, or would take for something else', () => {
  const long = 'x'.repeat(600);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, 'x']));
  const on = (...allowedDomains: string[]): EmbedRequest => ({ ...ANYBODY, allowedDomains });
  it.each<[string, string, EmbedRequest]>([
    ...['', 'a/b', '../x', 'a:b', 'a*', 'é', 'a b', 'a\n', long].map(
      (dashboard) =>
        ['EMBED_DASHBOARD_INVALID', 'dashboard', { ...ANYBODY, dashboard }] as [string, string, EmbedRequest],
    ),
    ...['', 'a\nb', 'ann\u0000', '安', long].map(
      (user) => ['EMBED_VIEWER_INVALID', 'viewer.user', of(user)] as [string, string, EmbedRequest],
    ),
    ...[0, 14, 601, 15.5, NaN, Infinity, -60].map(
      (lifetimeMinutes) =>
        ['EMBED_LIFETIME_INVALID', 'lifetimeMinutes', { ...ANYBODY, lifetimeMinutes }] as [
          string,
          string,
          EmbedRequest,
        ],
    ),
    ...[
      'http://desk.example',
      'desk.example',
      'https://desk.example/page',
      'https://desk.example?x',
      'https://user@desk.example',
      'https://*',
      'https://*.example',
      'https://a.*.example.com',
      'https://*desk.example.com',
      'https://*.*.example.com',
      'javascript:alert(1)',
      '*',
      '',
    ].map((domain) => ['EMBED_DOMAINS_INVALID', 'allowedDomains.0', on(domain)] as [string, string, EmbedRequest]),
    ['EMBED_DOMAINS_INVALID', 'allowedDomains', on()],
    ['EMBED_DOMAINS_INVALID', 'allowedDomains', on(...'abcd'.split('').map((host) => `https://${host}.example`))],
    ['EMBED_DOMAINS_INVALID', 'allowedDomains.1', on('https://a.example', 'http://b.example')],
    ['EMBED_TAGS_INVALID', 'viewer.sessionTags', tagged(many)],
    ['EMBED_TAGS_INVALID', 'viewer.sessionTags', tagged({ '': 'x' })],
    ['EMBED_TAGS_INVALID', 'viewer.sessionTags', tagged({ [long]: 'x' })],
    ['EMBED_TAGS_INVALID', 'viewer.sessionTags.tenant', tagged({ tenant: '' })],
    ['EMBED_TAGS_INVALID', 'viewer.sessionTags.tenant', tagged({ tenant: long })],
    ['EMBED_TAGS_INVALID', 'viewer.sessionTags.tenant', tagged({ tenant: 'a\u0000b' })],
    ['EMBED_TAGS_INVALID', 'viewer.sessionTags.tenant', tagged({ tenant: '*' })],
  ])('is refused before anybody is asked: %s of %s, %#', async (code, field, request) => {
    await expect(dashboards.embed(request)).rejects.toMatchObject({ code, field, retryable: false });
    expect(proxy.seen).toEqual([]);
  });

  it.each<[string, Partial<QuickSightAccount>]>([
    ['accountId', { accountId: '1234' }],
    ['accountId', { accountId: '12345678901x' }],
    ['namespace', { namespace: 'a/b' }],
    ['namespace', { namespace: '' }],
  ])('is refused when it is opened: %s, %#', (field, account) => {
    expect(() => open(account)).toThrow(expect.objectContaining({ code: 'QUICKSIGHT_ACCOUNT_INVALID', field }));
  });
});

describe('what QuickSight refuses', () => {
  const refusing = (status: number, code: string): Fault => ({ kind: 'error', status, code });

  it('is told with the field at fault: a dashboard, a user that there is none of', async () => {
    for (const request of [ANYBODY, ANN])
      await expect(dashboards.embed({ ...request, dashboard: 'gone' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        field: 'dashboard',
        retryable: false,
        message: expect.stringContaining('"gone"'),
      });
    await expect(dashboards.embed(of('bob'))).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'viewer.user' });
  });

  it.each<[number, string, string, RegExp]>([
    [403, 'AccessDeniedException', 'AWS_ACCESS_DENIED', /allow the role/],
    [403, 'UnsupportedPricingPlanException', 'DASHBOARDS_PLAN_UNSUPPORTED', /capacity pricing/],
    [403, 'UnsupportedUserEditionException', 'DASHBOARDS_PLAN_UNSUPPORTED', /Enterprise/],
    [409, 'LimitExceededException', 'DASHBOARDS_QUOTA_EXCEEDED', /quota/],
    [400, 'SessionLifetimeInMinutesInvalidException', 'EMBED_LIFETIME_INVALID', /60 minutes/],
    [400, 'InvalidParameterValueException', 'AWS_REQUEST_INVALID', /no such request/],
  ])('is told with its remedy: %i %s', async (status, name, code, remedy) => {
    proxy.order(Infinity, refusing(status, name));
    await expect(dashboards.embed(ANYBODY)).rejects.toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(remedy),
    });
  });

  it.each<[string, Fault]>([
    ['throttles', THROTTLED],
    ['is not well', UNAVAILABLE],
    ['loses its answer', { kind: 'cut', at: 'answer' }],
    ['breaks off', { kind: 'cut', at: 'half-way' }],
  ])('is asked again when it %s', async (_, fault) => {
    proxy.order(2, fault);
    expect((await dashboards.embed(ANN)).url).toContain('code=');
    expect(proxy.seen).toHaveLength(3);
  });

  it('may be asked again later when it throttles for long, or gives no address', async () => {
    proxy.order(Infinity, THROTTLED);
    await expect(dashboards.embed(ANN)).rejects.toMatchObject({ code: 'AWS_THROTTLED', retryable: true });
    proxy.reset();
    proxy.order(1, {
      kind: 'answer',
      answer: () => ({ status: 200, headers: {}, body: Buffer.from('{"Status":200}') }),
    });
    await expect(dashboards.embed(ANN)).rejects.toMatchObject({ code: 'AWS_UNAVAILABLE', retryable: true });
  });

  it('is not asked again with credentials that expired, nor once it is cancelled', async () => {
    proxy.order(Infinity, { ...EXPIRED_TOKEN, code: 'ExpiredTokenException' });
    await expect(dashboards.embed(ANN)).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_EXPIRED', retryable: false });
    expect(proxy.seen).toHaveLength(1);
    proxy.reset();
    await expect(dashboards.embed(ANN, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(proxy.seen).toEqual([]);
  });
});

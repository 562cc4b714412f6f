import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, exportSPKI, generateKeyPair, type JWTPayload } from 'jose';
import { OidcTokens } from '../../adapters/oidc/oidc-tokens';
import { access } from '../../schemas/access';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

let provider: Server;
let issuer: string;
let pair: KeyPair;
let isAway = false;
beforeAll(async () => {
  pair = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
  provider = createServer((request, response) => {
    if (isAway) return void response.writeHead(503).end();
    const answer = request.url === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => provider.close(resolve)));
afterEach(() => (isAway = false));

function tokens(settings: object = {}): OidcTokens {
  const roles = { 'cx-team': 'strategist', 'data-team': 'data-engineer' };
  return new OidcTokens(access.parse({ oidc: { issuer, audience: 'journey-hub', roles, ...settings } }).oidc!);
}

interface Signing {
  readonly claims?: JWTPayload;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expires?: string;
  readonly key?: KeyPair['privateKey'] | Uint8Array;
  readonly alg?: string;
}

function sign({ claims = { roles: ['cx-team'] }, key = pair.privateKey, alg = 'ES256', ...of }: Signing = {}) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg, kid: 'one' })
    .setIssuer(of.issuer ?? issuer)
    .setAudience(of.audience ?? 'journey-hub')
    .setSubject('ada')
    .setIssuedAt()
    .setExpirationTime(of.expires ?? '5m')
    .sign(key);
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

it('a token says who the caller is, and their groups what they may', async () => {
  const caller = await tokens().callerOf(await sign({ claims: { roles: ['cx-team', 'data-team', 'golf'] } }));
  expect(caller.name).toBe('user:ada');
  expect(caller.may.has('dashboards:embed')).toBe(true);
  expect(caller.may.has('runs:change')).toBe(true);
});

it('who is in no group that has a role may nothing', async () => {
  for (const claims of [{}, { roles: 'golf' }, { roles: ['__proto__', 'constructor'] }, { roles: { admin: true } }]) {
    expect((await tokens().callerOf(await sign({ claims }))).may.size).toBe(0);
  }
});

it('claims limit what a caller sees, and who lacks one sees nothing', async () => {
  const limited = tokens({ rolesClaim: 'groups', rows: { region: 'regions' } });
  const seen = (claims: JWTPayload) => sign({ claims }).then((token) => limited.callerOf(token));
  expect((await seen({ groups: 'cx-team', regions: ['north', 'west'] })).rows).toEqual({ region: ['north', 'west'] });
  expect((await seen({ groups: 'cx-team' })).rows).toEqual({ region: [] });
});

it('a token without an audience is for the client that it was given to, as those of Cognito are', async () => {
  const signed = new SignJWT({ client_id: 'journey-hub', roles: ['cx-team'] }).setProtectedHeader({ alg: 'ES256' });
  const token = await signed.setIssuer(issuer).setSubject('ada').setExpirationTime('5m').sign(pair.privateKey);
  expect((await tokens({ audience: ['site', 'journey-hub'] }).callerOf(token)).name).toBe('user:ada');
  const otherwise = await sign({ audience: 'another', claims: { client_id: 'journey-hub' } });
  await expect(tokens().callerOf(otherwise)).rejects.toMatchObject({ code: 'ACCESS_TOKEN_INVALID' });
});

describe('a token is refused', () => {
  const refused = async (token: string, code = 'ACCESS_TOKEN_INVALID') =>
    expect(tokens().callerOf(token)).rejects.toMatchObject({ code, retryable: false });

  it('that is for somebody else, of somebody else, or too old', async () => {
    await refused(await sign({ audience: 'another' }));
    await refused(await sign({ issuer: 'https://evil.example' }));
    await refused(await sign({ expires: '-1m' }), 'ACCESS_TOKEN_EXPIRED');
  });

  it('for nobody at all', async () => {
    const forNobody = new SignJWT({ roles: ['cx-team'] }).setProtectedHeader({ alg: 'ES256', kid: 'one' });
    await refused(await forNobody.setIssuer(issuer).setSubject('ada').setExpirationTime('5m').sign(pair.privateKey));
  });

  it('without a signature, or with one of a key that is not the provider’s', async () => {
    const claims = { iss: issuer, aud: 'journey-hub', sub: 'ada', exp: 4e9, roles: ['cx-team'] };
    await refused(`${encoded({ alg: 'none' })}.${encoded(claims)}.`);
    await refused(await sign({ key: (await generateKeyPair('ES256')).privateKey }));
    // The public key as if it were a secret that both know.
    const secret = Buffer.from(await exportSPKI(pair.publicKey));
    await refused(await sign({ key: secret, alg: 'HS256' }));
  });

  it('that has the signature of another one', async () => {
    const [header, , signature] = (await sign()).split('.');
    const claims = { iss: issuer, aud: 'journey-hub', sub: 'ada', exp: 4e9, roles: ['data-team'] };
    await refused(`${header}.${encoded(claims)}.${signature}`);
  });

  it('that does not end', async () => {
    const endless = await new SignJWT({ roles: ['cx-team'] })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience('journey-hub')
      .setSubject('ada')
      .sign(pair.privateKey);
    await refused(endless);
  });

  it('that is none', async () => {
    for (const text of ['x', 'a.b.c', `${'x'.repeat(9_000)}.y.z`]) await refused(text);
  });
});

it('a provider that does not answer is no fault of the caller’s, and is asked again', async () => {
  const asking = tokens();
  const token = await sign();
  isAway = true;
  await expect(asking.callerOf(token)).rejects.toMatchObject({ code: 'ACCESS_UNAVAILABLE', retryable: true });
  isAway = false;
  expect((await asking.callerOf(token)).name).toBe('user:ada');
});

it('keys of another issuer are not taken', async () => {
  const other = tokens({ issuer: issuer.replace('127.0.0.1', 'localhost') });
  await expect(other.callerOf(await sign())).rejects.toMatchObject({ code: 'ACCESS_UNAVAILABLE' });
});

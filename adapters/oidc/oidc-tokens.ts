import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { permissionsOf, type Caller, type Rows } from '../../core/access/permissions';
import { HubError, messageOf } from '../../core/errors';
import type { OidcSettings } from '../../schemas/access';

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** Signatures that only who has the private key can make. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** jose's codes of a provider that does not answer as one. */
const OF_PROVIDER = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']);
const CLOCKS_APART_S = 30;
const ANSWER_MS = 5_000;

/** Tokens of an identity provider (OpenID Connect; JSON Web Tokens, RFC 7519, checked as RFC 8725 wants it). */
export class OidcTokens {
  private keys: Promise<Keys> | undefined;

  constructor(private readonly settings: OidcSettings) {}

  /** @throws HubError ACCESS_TOKEN_INVALID, ACCESS_TOKEN_EXPIRED; retryable: ACCESS_UNAVAILABLE */
  async callerOf(token: string): Promise<Caller> {
    const { issuer } = this.settings;
    try {
      const keys = await this.providerKeys();
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, algorithms: ALGORITHMS, clockTolerance: CLOCKS_APART_S },
        requiredClaims: ['exp', 'sub'],
      });
      this.checkAudience(payload);
      return this.callerFrom(payload);
    } catch (error) {
      throw tokenError(error);
    }
  }

  /** Amazon Cognito's access tokens name the client that they were given to in place of an audience. */
  private checkAudience({ aud, client_id: client }: JWTPayload): void {
    const named = [aud ?? client].flat();
    if (this.settings.audience.some((one) => named.includes(one))) return;
    throw new HubError('ACCESS_TOKEN_INVALID', 'the token is for somebody else: its audience is not the hub');
  }

  private callerFrom(payload: JWTPayload): Caller {
    const { roles, rolesClaim, rows } = this.settings;
    const groups = textsOf(payload[rolesClaim]);
    const may = groups.filter((group) => Object.hasOwn(roles, group)).flatMap((group) => permissionsOf(roles[group]!));
    const limits = Object.entries(rows).map(([dimension, claim]) => [dimension, textsOf(payload[claim])]);
    return { name: `user:${payload.sub}`, may: new Set(may), rows: Object.fromEntries(limits) as Rows };
  }

  private providerKeys(): Promise<Keys> {
    this.keys ??= this.findKeys().catch((error: unknown) => {
      this.keys = undefined;
      throw error;
    });
    return this.keys;
  }

  private async findKeys(): Promise<Keys> {
    const { jwks } = this.settings;
    return createRemoteJWKSet(new URL(jwks ?? (await this.discovered())), { timeoutDuration: ANSWER_MS });
  }

  /** OpenID Connect Discovery 1.0. */
  private async discovered(): Promise<string> {
    const address = `${this.settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    const { issuer, jwks_uri: keys } = (await response.json()) as { issuer?: string; jwks_uri?: string };
    if (issuer !== this.settings.issuer || keys === undefined) {
      throw new Error(`${address} is of the issuer "${issuer}", and not of "${this.settings.issuer}"`);
    }
    return keys;
  }
}

/** What a claim says: one text, many, or many in one with blanks between, as scopes are. */
function textsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((text) => text !== '');
  return Array.isArray(claim) ? claim.filter((text) => typeof text === 'string') : [];
}

function tokenError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  if (error instanceof errors.JWTExpired) {
    return new HubError('ACCESS_TOKEN_EXPIRED', 'the token has expired: sign in again', { cause: error });
  }
  if (!(error instanceof errors.JOSEError) || OF_PROVIDER.has(error.code)) {
    const message = `the identity provider's keys cannot be had: ${messageOf(error)}`;
    return new HubError('ACCESS_UNAVAILABLE', message, { retryable: true, cause: error });
  }
  return new HubError('ACCESS_TOKEN_INVALID', `the token is not good here: ${messageOf(error)}`, { cause: error });
}

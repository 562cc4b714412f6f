import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SignJWT, errors, jwtVerify } from 'jose';
import { HubError } from '../../../core/errors';

/** What a viewer was let see. */
export interface DashboardTicket {
  readonly dashboard: string;
  readonly scope: Readonly<Record<string, string[]>>;
  readonly filters: Readonly<Record<string, string[]>>;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const ISSUER = 'journey-hub';
const AUDIENCE = 'journey-hub/dashboards';
const ALGORITHM = 'HS256';
const KEY_BYTES = 32;

/** Signs and checks what viewers of built-in dashboards may see (JSON Web Tokens, RFC 7519). */
export class DashboardTickets {
  /** @param key 32 bytes that nobody else knows */
  constructor(private readonly key: Uint8Array) {}

  sign({ dashboard, scope, filters, expiresAt }: DashboardTicket): Promise<string> {
    return new SignJWT({ dashboard, scope, filters })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(Math.floor(expiresAt / 1_000))
      .sign(this.key);
  }

  /** @throws HubError TICKET_INVALID, TICKET_EXPIRED */
  async verify(token: string): Promise<DashboardTicket> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp'],
      });
      const { dashboard, scope, filters, exp } = payload as unknown as DashboardTicket & { readonly exp: number };
      return { dashboard, scope, filters, expiresAt: exp * 1_000 };
    } catch (error) {
      const isExpired = error instanceof errors.JWTExpired;
      const message = isExpired
        ? 'the address of the dashboard has expired: ask for a new one'
        : 'the address of the dashboard is not of this hub';
      throw new HubError(isExpired ? 'TICKET_EXPIRED' : 'TICKET_INVALID', message, { cause: error });
    }
  }
}

/**
 * The hub's key: `HUB_EMBED_KEY` where several processes must agree (base64 of 32 bytes), else one that is made once and kept in a file
 * that nobody else may read.
 *
 * @throws HubError EMBED_KEY_INVALID
 */
export async function dashboardKey(path: string, environment: NodeJS.ProcessEnv = process.env): Promise<Uint8Array> {
  const given = environment['HUB_EMBED_KEY'];
  if (given !== undefined) return keyOf(given, 'HUB_EMBED_KEY');
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return keyOf(kept, path);
  await mkdir(dirname(path), { recursive: true });
  const made = randomBytes(KEY_BYTES).toString('base64');
  // Of two who make one at once, the first's is kept.
  await writeFile(path, made, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return keyOf(await readFile(path, 'utf8'), path);
}

function keyOf(text: string, where: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new HubError(
    'EMBED_KEY_INVALID',
    `${where}: expected ${KEY_BYTES} bytes in base64, such as \`openssl rand -base64 ${KEY_BYTES}\` gives`,
  );
}

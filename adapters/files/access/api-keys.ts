import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller, Permission, Rows } from '../../../core/access/permissions';
import { HubError } from '../../../core/errors';
import type { ObjectStore } from '../../../ports/object-store';
import { apiKey, type ApiKey } from '../../../schemas/access';

/** What a key is made with. */
export interface NewKey {
  readonly name: string;
  readonly may: readonly Permission[];
  readonly rows?: Rows;
  /** From now; left out: it does not expire. */
  readonly validMs?: number;
}

const FOLDER = 'access/keys/';
const PREFIX = 'jhk';
const TOKEN = /^jhk_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
const SECRET_BYTES = 32;
/** How long a process goes by what it read of a key: so late may it learn that one was revoked. */
const KEPT_MS = 10_000;

/**
 * Keys by which other systems ask, an object each. A secret is 32 random bytes, which nobody guesses: so that a plain hash of it is as
 * safe to keep as a slow one.
 */
export class ApiKeys {
  private readonly read = new Map<string, { readonly key: ApiKey; readonly at: number }>();

  constructor(
    private readonly objects: Pick<ObjectStore, 'put' | 'read' | 'list' | 'remove'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** @returns the token, which is told this once, and the key as it is kept */
  async create({ name, may, rows = {}, validMs }: NewKey): Promise<{ readonly token: string; readonly key: ApiKey }> {
    const id = randomBytes(9).toString('base64url').toLowerCase().replaceAll(/[-_]/g, '0');
    const secret = newSecret();
    const key = apiKey.parse({
      ...{ id, name, may, rows },
      createdAt: this.at(0),
      ...(validMs === undefined ? {} : { expiresAt: this.at(validMs) }),
      secrets: [{ hash: hashOf(secret) }],
    });
    await this.keep(key);
    return { token: tokenOf(id, secret), key };
  }

  /** All keys, the oldest first. */
  async list(): Promise<ApiKey[]> {
    const keys: ApiKey[] = [];
    for await (const { key } of this.objects.list(FOLDER)) {
      keys.push(await this.readKey(key));
    }
    return keys.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  }

  /**
   * Gives a key another secret; the one before stays good for a while, so that whoever has it can change it.
   *
   * @throws HubError KEY_UNKNOWN
   */
  async rotate(id: string, graceMs: number): Promise<string> {
    const key = await this.require(id);
    const secret = newSecret();
    const [newest] = key.secrets;
    const before = graceMs > 0 ? [{ hash: newest!.hash, until: this.at(graceMs) }] : [];
    await this.keep({ ...key, secrets: [{ hash: hashOf(secret) }, ...before] });
    return tokenOf(id, secret);
  }

  /** @throws HubError KEY_UNKNOWN */
  async revoke(id: string): Promise<void> {
    await this.require(id);
    await this.objects.remove([objectOf(id)]);
    this.read.delete(id);
  }

  /**
   * Whose a token is; undefined where it is no token of a key.
   *
   * @throws HubError ACCESS_TOKEN_INVALID, ACCESS_TOKEN_EXPIRED
   */
  async callerOf(token: string): Promise<Caller | undefined> {
    if (!token.startsWith(`${PREFIX}_`)) return undefined;
    const [, id, secret] = TOKEN.exec(token) ?? [];
    const key = id === undefined ? undefined : await this.find(id);
    const good = key?.secrets.find(({ hash }) => isEqual(hash, hashOf(secret!)));
    if (key === undefined || good === undefined) {
      throw new HubError('ACCESS_TOKEN_INVALID', 'this is no key of this hub, or it was revoked');
    }
    const ends = [key.expiresAt, good.until].find((end) => end !== undefined && Date.parse(end) <= this.now());
    if (ends !== undefined) throw new HubError('ACCESS_TOKEN_EXPIRED', `the key "${key.name}" was good until ${ends}`);
    return { name: `key:${key.name}`, may: new Set(key.may), rows: key.rows };
  }

  private async find(id: string): Promise<ApiKey | undefined> {
    const known = this.read.get(id);
    if (known !== undefined && this.now() - known.at < KEPT_MS) return known.key;
    const key = await this.load(id);
    // Of ids that somebody made up, nothing is kept.
    if (key === undefined) this.read.delete(id);
    else this.read.set(id, { key, at: this.now() });
    return key;
  }

  private async require(id: string): Promise<ApiKey> {
    const key = apiKey.shape.id.safeParse(id).success ? await this.load(id) : undefined;
    if (key !== undefined) return key;
    throw new HubError('KEY_UNKNOWN', `there is no key "${id}": \`hub key list\` shows those that there are`);
  }

  private async load(id: string): Promise<ApiKey | undefined> {
    try {
      return await this.readKey(objectOf(id));
    } catch (error) {
      if (error instanceof HubError && error.code === 'OBJECT_MISSING') return undefined;
      throw error;
    }
  }

  private async readKey(object: string): Promise<ApiKey> {
    return apiKey.parse(JSON.parse(Buffer.from(await this.objects.read(object)).toString('utf8')));
  }

  private async keep(key: ApiKey): Promise<void> {
    await this.objects.put(objectOf(key.id), Buffer.from(JSON.stringify(key)));
    this.read.delete(key.id);
  }

  /** An ISO time, so many milliseconds from now. */
  private at(ms: number): string {
    return new Date(this.now() + ms).toISOString();
  }
}

function objectOf(id: string): string {
  return `${FOLDER}${id}.json`;
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function tokenOf(id: string, secret: string): string {
  return `${PREFIX}_${id}_${secret}`;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function isEqual(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

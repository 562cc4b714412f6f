/** What the API says is wrong with a request (RFC 9457). */
export class HubProblem extends Error {
  override readonly name = 'HubProblem';

  constructor(
    readonly status: number,
    message: string,
    /** By field, where the API names them. */
    readonly errors: readonly { readonly field: string; readonly message: string }[] = [],
  ) {
    super(message);
  }
}

/** The hub does not answer, and what was asked for must not be asked twice. */
export class HubUnreachable extends Error {
  override readonly name = 'HubUnreachable';

  constructor() {
    super('The hub does not answer. Try again when it is back.');
  }
}

export interface HubClientOptions {
  /** Where the API is; by default where the page is from. */
  readonly base?: string;
  /**
   * Gives the token that is sent with requests, if there is any; the same one until it is renewed.
   *
   * @param renew whether the last one was refused
   */
  readonly token?: (renew: boolean) => Promise<string | undefined>;
}

export interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** What a proxy says of a hub that is away. */
const AWAY = [502, 503, 504];

/** Tells, as `reachability`, whether the hub answers: `detail` is true or false. */
export class HubClient extends EventTarget {
  private isAway = false;
  private renewing: Promise<string | undefined> | undefined;

  constructor(private readonly options: HubClientOptions = {}) {
    super();
  }

  /**
   * Asks a question that may be asked as often as one likes: while the hub is away it is asked again, and while the answer is
   * computed it is waited for.
   *
   * @throws HubProblem, and the signal's reason once it fires
   */
  async ask<Answer>(path: string, { method = 'GET', body, signal }: Asking = {}): Promise<Answer> {
    let response = await this.untilReached(() => this.fetch(path, { method, body, signal }), signal);
    while (response.status === 202) {
      const { poll } = (await response.json()) as { poll: string };
      // An answer without a place of its own is asked for again as it was.
      const again = poll === path ? { method, body, signal } : { method: 'GET', signal };
      response = await this.untilReached(() => this.fetch(poll, again), signal);
    }
    return answerOf<Answer>(response);
  }

  /**
   * Has something done, once.
   *
   * @throws HubProblem, HubUnreachable
   */
  async command<Answer>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const response = await this.fetch(path, { method, body }).catch(() => {
      throw new HubUnreachable();
    });
    if (response.status !== 202) return answerOf<Answer>(response);
    const { poll } = (await response.json()) as { poll: string };
    return this.ask<Answer>(poll);
  }

  private async fetch(
    path: string,
    { method = 'GET', body, signal }: { method?: string; body?: unknown; signal?: AbortSignal | undefined },
    refused?: { readonly token: string | undefined },
  ): Promise<Response> {
    const token = await (refused === undefined ? this.currentToken() : this.tokenInPlaceOf(refused.token));
    const response = await fetch(`${this.options.base ?? ''}${path}`, {
      method,
      headers: {
        prefer: 'wait=10',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const isExpired = response.status === 401 && refused === undefined && this.options.token !== undefined;
    return isExpired ? this.fetch(path, { method, body, signal }, { token }) : response;
  }

  private currentToken(): Promise<string | undefined> {
    return this.renewing ?? this.options.token?.(false) ?? Promise.resolve(undefined);
  }

  /** A token that many requests found refused, some of them late, is renewed once for all of them. */
  private async tokenInPlaceOf(refused: string | undefined): Promise<string | undefined> {
    const current = await this.currentToken();
    if (current !== refused) return current;
    this.renewing ??= this.options.token?.(true).finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async untilReached(request: () => Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        const response = await request();
        if (!AWAY.includes(response.status) || isOfTheHub(response)) {
          this.tell(false);
          return response;
        }
      } catch (error) {
        signal?.throwIfAborted();
        // `fetch` fails with nothing else where there is nobody.
        if (!(error instanceof TypeError)) throw error;
      }
      this.tell(true);
      await pause(wait, signal);
    }
  }

  private tell(isAway: boolean): void {
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    this.dispatchEvent(new CustomEvent('reachability', { detail: !isAway }));
  }
}

/** A problem that the hub itself told is an answer; one of a proxy is not. */
function isOfTheHub(response: Response): boolean {
  return response.headers.get('content-type')?.includes('problem+json') === true;
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (response.status === 204) return undefined as Answer;
  const body = (await response.json().catch(() => ({}))) as { detail?: string; errors?: HubProblem['errors'] };
  if (response.ok) return body as Answer;
  throw new HubProblem(response.status, body.detail ?? `The hub answered ${response.status}.`, body.errors);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

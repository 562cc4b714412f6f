import type { Followed } from './followed';
import type { MilestoneNews, MilestoneNotifier } from './notify';

/** News that wait to be told before what they come from waits for them. */
const MOST_WAITING = 10_000;

interface Waiting {
  readonly news: MilestoneNews;
  /** What is done when they are told. */
  readonly upTo: Followed;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Has systems told of milestones while the graph is followed on: a thousand deliveries take half a minute to begin. They
 * are told in the order of the feed; what comes while some are being told is told together.
 */
export class Telling {
  private waiting: Waiting | undefined;
  private running: Promise<void> | undefined;
  private failure: { readonly error: unknown } | undefined;
  private notified = 0;

  /** @param done up to where everything is done that is told of */
  constructor(
    private readonly notifier: Pick<MilestoneNotifier, 'tell'>,
    private done: Followed,
    private readonly signal: AbortSignal,
  ) {}

  /** Up to where everything is followed and told. */
  get told(): Followed {
    return this.done;
  }

  get isBusy(): boolean {
    return this.running !== undefined;
  }

  /**
   * Takes news, to be told after those before.
   *
   * @throws what went wrong with those before
   */
  async add(news: MilestoneNews, upTo: Followed, now: number): Promise<void> {
    this.throwFailure();
    if (news.size === 0 && !this.isBusy) {
      this.settle(upTo);
      return;
    }
    this.waiting = { news: new Map([...(this.waiting?.news ?? []), ...news]), upTo, now };
    this.running ??= this.run();
    if ((this.waiting?.news.size ?? 0) > MOST_WAITING) await this.finish();
  }

  /** Waits until all is told. */
  async finish(): Promise<void> {
    await this.running;
    this.throwFailure();
  }

  /** Waits until nothing is under way any more, whatever comes of it. */
  async stop(): Promise<void> {
    this.waiting = undefined;
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      for (let next = this.take(); next !== undefined; next = this.take()) {
        this.notified += await this.notifier.tell(next.news, next.now, this.signal);
        this.settle(next.upTo);
      }
    } catch (error) {
      this.failure = { error };
    } finally {
      this.running = undefined;
    }
  }

  private take(): Waiting | undefined {
    const next = this.waiting;
    this.waiting = undefined;
    return next;
  }

  private settle(upTo: Followed): void {
    this.done = { ...upTo, notified: upTo.notified + this.notified };
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}

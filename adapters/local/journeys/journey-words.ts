import type { AskOptions } from '../../../ports/journey-desk';
import type { Lake } from '../../../ports/lake';
import { loadChannels, loadJourneys, type Channels, type LakeJourneys } from './load-journeys';
import { SharedLoad } from './shared-load';

type WaitOptions = Pick<AskOptions, 'signal'>;

/** The journeys of one lake version in memory: the last one asked for, which is the newest but for a moment a day. */
export class JourneyWordsCache {
  private held: Held | undefined;
  /** The last journeys that could be read: what changes little is made from them. */
  private last: LakeJourneys | undefined;

  /** @param memoryMb how much the journeys may take; more is `JOURNEYS_TOO_LARGE` */
  constructor(
    private readonly lake: Lake,
    private readonly memoryMb = Infinity,
  ) {}

  /** The journeys of a version, the newest by default; read at most once however many ask at the same time. */
  async at(version: number | undefined, { signal }: WaitOptions = {}): Promise<LakeJourneys> {
    return (await this.hold(version)).journeys.wait(signal);
  }

  /** Whether the journeys of a version are in memory already. */
  async isAtHand(version: number | undefined): Promise<boolean> {
    const key = await this.lake.tableRevision('journeys', version);
    return this.held?.key === key && this.held.journeys.isLoaded;
  }

  /** The same with the channel of every step, which few questions need. */
  async withChannelsAt(version: number | undefined, { signal }: WaitOptions = {}): Promise<LakeJourneys> {
    const held = await this.hold(version);
    const journeys = await held.journeys.wait(signal);
    if (held.channels === undefined || held.channels.isGivenUp) held.channels = this.loadChannels(held, journeys);
    const words = { ...journeys.indexed.words, channels: await held.channels.wait(signal) };
    return { ...journeys, indexed: { ...journeys.indexed, words } };
  }

  private async hold(version: number | undefined): Promise<Held> {
    const wanted = version ?? (await this.lake.version());
    const key = await this.lake.tableRevision('journeys', wanted);
    if (this.held?.key !== key || this.held.journeys.isGivenUp) {
      const held: Held = { key, journeys: new SharedLoad((signal) => this.load(wanted, signal)) };
      // What failed to load is tried afresh by the next who asks.
      held.journeys.onFailure(() => {
        if (this.held === held) this.held = undefined;
      });
      this.held = held;
    }
    return this.held;
  }

  private loadChannels(held: Held, journeys: LakeJourneys): SharedLoad<Channels> {
    const channels = new SharedLoad((signal) => loadChannels(this.lake, journeys, signal));
    channels.onFailure(() => {
      if (held.channels === channels) delete held.channels;
    });
    return channels;
  }

  private async load(version: number, signal: AbortSignal): Promise<LakeJourneys> {
    const { memoryMb, last: held } = this;
    this.last = await loadJourneys(this.lake, version, { signal, memoryMb, held });
    return this.last;
  }
}

interface Held {
  readonly key: string;
  readonly journeys: SharedLoad<LakeJourneys>;
  channels?: SharedLoad<Channels>;
}

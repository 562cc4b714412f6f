import type { Lake } from '../../../ports/lake';
import { loadChannels, loadJourneys, type Channels, type LakeJourneys, type LoadOptions } from './load-journeys';

/** The journeys of one lake version in memory: the last one asked for, which is the newest but for a moment a day. */
export class JourneyWordsCache {
  private held: Held | undefined;
  /** The last journeys that could be read: what changes little is made from them. */
  private loaded: LakeJourneys | undefined;

  /** @param memoryMb how much the journeys may take; more is `JOURNEYS_TOO_LARGE` */
  constructor(
    private readonly lake: Lake,
    private readonly memoryMb = Infinity,
  ) {}

  /** The journeys of a version, the newest by default; read at most once however many ask at the same time. */
  async at(version: number | undefined, options: LoadOptions): Promise<LakeJourneys> {
    return (await this.hold(version, options)).journeys;
  }

  /** Whether the journeys of a version are in memory already. */
  async isAtHand(version: number | undefined): Promise<boolean> {
    const key = await this.lake.tableRevision('journeys', version);
    return this.held?.key === key && this.held.isLoaded;
  }

  /** The same with the channel of every step, which few questions need. */
  async withChannelsAt(version: number | undefined, options: LoadOptions): Promise<LakeJourneys> {
    const held = await this.hold(version, options);
    const journeys = await held.journeys;
    held.channels ??= loadChannels(this.lake, journeys, options);
    held.channels.catch(() => delete held.channels);
    const words = { ...journeys.indexed.words, channels: await held.channels };
    return { ...journeys, indexed: { ...journeys.indexed, words } };
  }

  private async hold(version: number | undefined, options: LoadOptions): Promise<Held> {
    const wanted = version ?? (await this.lake.version());
    const key = await this.lake.tableRevision('journeys', wanted);
    if (this.held?.key !== key) this.held = this.load(key, wanted, options);
    return this.held;
  }

  private load(key: string, version: number, options: LoadOptions): Held {
    const { memoryMb, loaded: held } = this;
    const loading: Held = {
      key,
      isLoaded: false,
      journeys: loadJourneys(this.lake, version, { ...options, memoryMb, held }),
    };
    loading.journeys.then(
      (journeys) => {
        this.loaded = journeys;
        loading.isLoaded = true;
      },
      () => {
        // What failed to load is tried afresh by the next who asks.
        if (this.held === loading) this.held = undefined;
      },
    );
    return loading;
  }
}

interface Held {
  readonly key: string;
  isLoaded: boolean;
  readonly journeys: Promise<LakeJourneys>;
  channels?: Promise<Channels>;
}

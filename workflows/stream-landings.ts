import { condition, executeChild, isCancellation, patched } from '@temporalio/workflow';
import { failureMessage } from '../core/errors';
import { io } from './activities';
import { ingestSource } from './ingest';
import { searchAttributes } from './search-attributes';

/** What landed of a source's stream, in rows; a night lands what waits, too, and says so itself. */
export interface LandedTotals {
  readonly landed: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** Why what came could not land the last time; it is tried again with what comes next. */
  readonly landingError?: string;
}

const NOTHING: LandedTotals = { landed: 0, duplicates: 0, quarantined: 0 };
/** Each landing writes files of its own to the lake, and every query reads all that there are. */
const LANDINGS_TO_VACUUM = 100;

/** Lands what waits of one source, in the lake and then in the graph, a landing after the other: what comes meanwhile waits for the next. */
export class StreamLandings {
  totals: LandedTotals;
  /** Since the lake was vacuumed. */
  landings: number;
  private waiting: string | undefined;
  private isLanding = false;
  private landing = Promise.resolve();

  constructor(
    private readonly source: string,
    before: { readonly totals?: LandedTotals | undefined; readonly landings?: number | undefined },
    private readonly tell: () => void,
  ) {
    const { landed, duplicates, quarantined, landingError } = { ...NOTHING, ...before.totals };
    this.totals = { landed, duplicates, quarantined, ...(landingError === undefined ? {} : { landingError }) };
    this.landings = before.landings ?? 0;
  }

  /** @param businessDate YYYY-MM-DD, of the run that lands it */
  land(businessDate: string): void {
    this.waiting = businessDate;
    if (this.isLanding) return;
    this.landing = this.landWaiting();
    // A cancellation comes to whoever waits for more as well, and is told from there.
    this.landing.catch(() => undefined);
  }

  /** When nothing lands any more. */
  async ended(): Promise<void> {
    await condition(() => !this.isLanding);
    await this.landing;
  }

  private async landWaiting(): Promise<void> {
    this.isLanding = true;
    while (this.waiting !== undefined) {
      const businessDate = this.waiting;
      this.waiting = undefined;
      const { landed, duplicates, quarantined, ...failure } = await land(this.source, businessDate);
      this.totals = {
        landed: this.totals.landed + landed,
        duplicates: this.totals.duplicates + duplicates,
        quarantined: this.totals.quarantined + quarantined,
        ...failure,
      };
      this.tell();
      this.landings++;
      if (this.landings < LANDINGS_TO_VACUUM || !patched('vacuum')) continue;
      this.landings = 0;
      await io.vacuumLake();
    }
    this.isLanding = false;
  }
}

/** A failure is told, and holds up nothing that comes. */
async function land(source: string, businessDate: string): Promise<LandedTotals> {
  try {
    const { files } = await executeChild(ingestSource, {
      workflowId: `ingest-${source}-stream`,
      typedSearchAttributes: searchAttributes('ingest', businessDate, source),
      args: [{ source, businessDate }],
    });
    await io.loadGraph();
    const sum = (count: (file: (typeof files)[number]) => number) =>
      files.reduce((total, file) => total + count(file), 0);
    return {
      landed: sum(({ landed }) => landed),
      duplicates: sum(({ duplicates }) => duplicates),
      quarantined: sum(({ quarantined }) => quarantined),
    };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ...NOTHING, landingError: failureMessage(error) };
  }
}

/** Details as the Temporal UI shows them: a row for each. */
export function detailsTable(rows: readonly (readonly [name: string, value: string | number | undefined])[]): string {
  const known = rows.filter(([, value]) => value !== undefined);
  return ['| | |', '|---|---|', ...known.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

import { HubError } from '../core/errors';
import { businessDateOf } from '../core/nightly/business-date';
import { literal } from '../core/sql/quote';
import type { Lake, LakeCommit } from '../ports/lake';
import type { LandingZone } from '../ports/landing-zone';
import type { HubSettings } from '../schemas/hub';
import { nightlyInput, type NightlyInput } from '../schemas/nightly';
import type { Source } from '../schemas/source';
import { cancellation, whileAlive } from './context';
import { forgetScores } from './forget-scores';

export interface NightlyPlan {
  readonly businessDate: string;
  readonly sources: readonly string[];
}

export interface RunRecord {
  readonly workflowId: string;
  readonly workflow: string;
  readonly businessDate: string;
  readonly status: string;
  readonly detail: string;
}

export interface NightlyDependencies {
  readonly lake: Lake;
  readonly landingZone: Pick<LandingZone, 'sweep'>;
  readonly settings: HubSettings;
  readonly sources: readonly Source[];
}

/** Longer than a landing goes on, even one whose workers were down for days. */
const STAGED_MS = 7 * 24 * 3_600_000;

export function createNightlyActivities({ lake, landingZone, settings, sources }: NightlyDependencies) {
  return {
    /**
     * Checks what a person typed and fills in the defaults.
     *
     * @param startedAt epoch milliseconds at which the workflow was started or scheduled
     * @throws ZodError, HubError SOURCE_UNKNOWN naming the field
     */
    async planNightly(given: { input: NightlyInput; startedAt: number }): Promise<NightlyPlan> {
      const input = nightlyInput.parse(given.input ?? {}, { reportInput: true });
      const names = sources.map((source) => source.name);
      const unknown = input.sources?.find((name) => !names.includes(name));
      if (unknown !== undefined) {
        const message = `sources: there is no source "${unknown}"; there are ${names.join(', ')}`;
        throw new HubError('SOURCE_UNKNOWN', message, { field: 'sources' });
      }
      return {
        businessDate: input.date ?? businessDateOf(given.startedAt, settings.timezone),
        sources: input.sources ?? names,
      };
    },

    /**
     * Frees the room of old scores, of versions nobody reads any more, and of what landings had staged that were cut off for
     * good.
     */
    async vacuumLake(): Promise<void> {
      await whileAlive({ stage: 'vacuum', unit: 'files', done: 0 }, async () => {
        await forgetScores(lake, settings.propensity.keepScores, cancellation());
        await lake.vacuum({ signal: cancellation() });
        await landingZone.sweep(Date.now() - STAGED_MS);
      });
    },

    /** Keeps what ran, on which input, with which result. */
    async recordRun(run: RunRecord): Promise<void> {
      const columns = [run.workflowId, run.workflow, run.businessDate, run.status, run.detail].map(literal);
      const [id, workflow, date, status, detail] = columns;
      const commit: LakeCommit = {
        key: `run:${run.workflowId}:${run.status}:${run.detail}`,
        writes: [
          {
            table: 'runs',
            mode: 'append',
            select: `SELECT ${id} AS workflow_id, ${workflow} AS workflow, ${date} AS business_date, ${status} AS status,
  ${detail} AS detail`,
          },
        ],
      };
      await whileAlive({ stage: 'record', unit: 'rows', done: 0 }, () =>
        lake.commit(commit, { signal: cancellation() }),
      );
    },
  };
}

import { HubError } from '../core/errors';
import { businessDateOf } from '../core/nightly/business-date';
import { literal } from '../core/sql/quote';
import type { Lake } from '../ports/lake';
import type { HubSettings } from '../schemas/hub';
import { nightlyInput, type NightlyInput } from '../schemas/nightly';
import type { Source } from '../schemas/source';

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
  readonly settings: HubSettings;
  readonly sources: readonly Source[];
}

export function createNightlyActivities({ lake, settings, sources }: NightlyDependencies) {
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

    /** Frees the room of versions nobody reads any more. */
    async vacuumLake(): Promise<void> {
      await lake.vacuum();
    },

    /** Keeps what ran, on which input, with which result. */
    async recordRun(run: RunRecord): Promise<void> {
      const columns = [run.workflowId, run.workflow, run.businessDate, run.status, run.detail].map(literal);
      const [id, workflow, date, status, detail] = columns;
      await lake.commit({
        key: `run:${run.workflowId}:${run.status}:${run.detail}`,
        writes: [
          {
            table: 'runs',
            mode: 'append',
            select: `SELECT ${id} AS workflow_id, ${workflow} AS workflow, ${date} AS business_date, ${status} AS status,
  ${detail} AS detail`,
          },
        ],
      });
    },
  };
}

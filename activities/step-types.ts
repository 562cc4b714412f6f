import type { Lake } from '../ports/lake';
import type { StepTypesAnswer } from '../schemas/step-types';
import { cancellation } from './context';
import type { Asked } from './questions';

export function createStepTypeActivities({ lake }: { readonly lake: Lake }) {
  return {
    /** The step types that journeys are made of, how often they happened, and on which channels. */
    async listStepTypes({ lakeVersion }: Asked<object>): Promise<StepTypesAnswer> {
      const version = lakeVersion ?? (await lake.version());
      const rows = await lake.rows<{ step: string; channel: string; events: bigint }>(
        'SELECT type AS step, channel, count(*) AS events FROM events GROUP BY type, channel',
        { version, signal: cancellation() },
      );
      const steps = new Map<string, { events: number; channels: string[] }>();
      for (const { step, channel, events } of rows) {
        const known = steps.get(step) ?? { events: 0, channels: [] };
        steps.set(step, { events: known.events + Number(events), channels: [...known.channels, channel].sort() });
      }
      const told = [...steps].map(([step, about]) => ({ step, ...about }));
      return { steps: told.sort((a, b) => b.events - a.events || (a.step < b.step ? -1 : 1)) };
    },
  };
}

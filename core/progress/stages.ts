/** How far a stage of a workflow is. */
export interface StageProgress<Stage extends string = string> {
  readonly stage: Stage;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  /** What is counted: rows, changes, profiles, customers, KPIs. */
  readonly unit: string;
  readonly done: number;
  /** Absent while nobody knows how much there is. */
  readonly total?: number;
  /** Epoch milliseconds of workflow time. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly detail?: string;
}

/** What an activity says with each heartbeat. */
export interface ActivityProgress {
  readonly stage: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
  /** What it is at. */
  readonly detail?: string;
}

/** Stages that nothing has been done of, in the order of their units. */
export function waitingStages<Stage extends string>(units: Readonly<Record<Stage, string>>): StageProgress<Stage>[] {
  const stages = Object.entries(units) as [Stage, string][];
  return stages.map(([stage, unit]) => ({ stage, status: 'waiting', unit, done: 0 }));
}

/** The stages as a table for the Temporal UI. */
export function progressTable(stages: readonly StageProgress[]): string {
  const rows = stages.map(({ stage, status, done, total, unit, startedAt, endedAt, detail }) => {
    const count = total === undefined ? `${done}` : `${done} of ${total}`;
    const seconds = startedAt === undefined || endedAt === undefined ? undefined : (endedAt - startedAt) / 1000;
    const rate = seconds === undefined || seconds === 0 ? '' : `${Math.round(done / seconds)}/s`;
    return `| ${[stage, status, `${count} ${unit}`, seconds?.toFixed(1) ?? '', rate, detail ?? ''].join(' | ')} |`;
  });
  return ['| stage | status | count | seconds | rate | detail |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

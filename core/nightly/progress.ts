export const nightlyStages = ['ingest', 'identity', 'load', 'journeys', 'kpis'] as const;
export type NightlyStage = (typeof nightlyStages)[number];

export interface StageProgress {
  readonly stage: NightlyStage;
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
  readonly stage: NightlyStage;
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
  /** What it is at. */
  readonly detail?: string;
}

const UNITS: Readonly<Record<NightlyStage, string>> = {
  ingest: 'rows',
  load: 'elements',
  identity: 'profiles',
  journeys: 'journeys',
  kpis: 'KPIs',
};

export function initialProgress(): StageProgress[] {
  return nightlyStages.map((stage) => ({ stage, status: 'waiting', unit: UNITS[stage], done: 0 }));
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

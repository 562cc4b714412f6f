import { waitingStages, type StageProgress } from '../progress/stages';

export const nightlyStages = ['ingest', 'identity', 'load', 'journeys', 'milestones', 'propensities', 'kpis'] as const;
export type NightlyStage = (typeof nightlyStages)[number];

export function initialProgress(): StageProgress<NightlyStage>[] {
  return waitingStages({
    ingest: 'rows',
    identity: 'profiles',
    load: 'elements',
    journeys: 'journeys',
    milestones: 'milestones',
    propensities: 'customers',
    kpis: 'KPIs',
  });
}

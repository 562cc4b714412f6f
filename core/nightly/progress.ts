import { waitingStages, type StageProgress } from '../progress/stages';

export const nightlyStages = ['ingest', 'identity', 'load', 'journeys', 'kpis', 'milestones', 'propensities'] as const;
export type NightlyStage = (typeof nightlyStages)[number];

export function initialProgress(): StageProgress<NightlyStage>[] {
  return waitingStages({
    ingest: 'rows',
    identity: 'profiles',
    load: 'elements',
    journeys: 'journeys',
    kpis: 'KPIs',
    milestones: 'milestones',
    propensities: 'customers',
  });
}

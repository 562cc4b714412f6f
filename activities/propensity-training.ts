import type { ModelTrainer, TrainingReport, TrainingRequest } from '../ports/model-trainer';
import type { ActivityProgress } from '../core/progress/stages';
import { cancellation, whileAlive } from './context';

export function createPropensityTrainingActivities({ trainer }: { trainer: ModelTrainer }) {
  return {
    /** Learns a model and keeps it: a try that was cut off leaves at most the same model. */
    async trainModel(request: TrainingRequest): Promise<TrainingReport> {
      let progress: ActivityProgress = { stage: 'read', unit: 'customers', done: 0 };
      const learn = () =>
        trainer.train(request, {
          signal: cancellation(),
          onProgress: (stage, done, total) => {
            progress = { stage, unit: stage === 'read' ? 'customers' : 'models', done, total };
          },
        });
      return whileAlive(() => progress, learn);
    },
  };
}

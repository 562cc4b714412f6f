import type { ModelDeployment } from '../ports/model-deployment';
import type { RegisteredModel } from '../ports/model-registry';
import type { ActivityProgress } from '../core/progress/stages';
import { cancellation, whileAlive } from './context';

export interface PropensityDeploymentOptions {
  /** Left out where the worker itself answers. */
  readonly deployment?: ModelDeployment | undefined;
}

export function createPropensityDeploymentActivities({ deployment }: PropensityDeploymentOptions) {
  return {
    /** Has a version answer, where something else than the worker does. Throws as `ModelDeployment.deploy` does. */
    async deployModel({ model, version }: RegisteredModel): Promise<void> {
      if (deployment === undefined) return;
      const progress: ActivityProgress = { stage: 'deploy', unit: 'models', done: 0, detail: `${model} ${version}` };
      let state = '';
      const told = () => ({ ...progress, detail: `${progress.detail} ${state}`.trimEnd() });
      await whileAlive(told, () =>
        deployment.deploy(
          { model, version },
          {
            signal: cancellation(),
            onProgress: (now) => {
              state = now;
            },
          },
        ),
      );
    },
  };
}

import type { ModelDeployment } from '../ports/model-deployment';
import type { RegisteredModel } from '../ports/model-registry';
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
      let detail = `${model} ${version}`;
      const progress = () => ({ stage: 'deploy', unit: 'models', done: 0, detail });
      await whileAlive(progress, () =>
        deployment.deploy(
          { model, version },
          {
            signal: cancellation(),
            onProgress: (state) => {
              detail = `${model} ${version} ${state}`;
            },
          },
        ),
      );
    },
  };
}

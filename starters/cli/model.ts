import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { AnswerQuestion } from '../http/model-app';
import { wholeNumber } from './events-options';
import { addPropensity } from './propensity-model';
import { onStopSignal } from './signals';

interface ServeOptions {
  readonly dir: string;
  readonly host: string;
  readonly port: string;
  readonly modelVersion?: string;
}

/** `hub model …`: models of what is likely to happen, and models as servers. */
export function modelCommand(program: Command): void {
  const model = program.command('model').description('models of what is likely to happen, and models as servers');
  addPropensity(model);
  model
    .command('serve')
    .description(
      'answer for a model, one question at a time: whose a profile is, or what is likely to happen and why; GET /ping and POST /invocations, as SageMaker calls containers',
    )
    .addOption(
      new Option('--dir <folder>', 'where hub identity train or hub model train wrote the model')
        .env('SM_MODEL_DIR')
        .default('/opt/ml/model'),
    )
    .addOption(new Option('--host <host>', 'the address to listen at').env('HUB_MODEL_HOST').default('127.0.0.1'))
    .option('--port <port>', 'the port to listen at', '8080')
    .addOption(
      new Option('--model-version <version>', 'told with every answer, where a hub asks').env('HUB_MODEL_VERSION'),
    )
    .action(serve);
}

async function serve({ dir, host, port: asked, modelVersion: version }: ServeOptions): Promise<void> {
  const port = wholeNumber(asked, '--port', [0, 65_535]);
  const { createModelApp } = await import('../http/model-app');
  let model: LoadedModel | undefined;
  const app = createModelApp({ model: () => model?.answer, version });
  onStopSignal(() => void app.close().then(() => model?.close()));
  await app.listen({ host, port });
  try {
    model = await loadModel(dir);
    app.log.info({ dir }, 'the model is loaded');
  } catch (error) {
    await app.close();
    throw error;
  }
}

interface LoadedModel {
  readonly answer: AnswerQuestion;
  readonly close: () => Promise<void>;
}

/** A folder with a manifest is of hub model train; any other is, or should be, of hub identity train. */
async function loadModel(dir: string): Promise<LoadedModel> {
  const { ofProfiles, ofPropensities } = await import('../http/model-app');
  if (existsSync(join(dir, 'manifest.json'))) {
    const { LocalPropensityDesk } = await import('../../adapters/local/propensity/local-propensity-desk');
    const desk = await LocalPropensityDesk.open(dir);
    return { answer: ofPropensities(desk), close: () => desk.close() };
  }
  const { LocalProfileDesk } = await import('../../adapters/local/identity/local-profile-desk');
  const desk = await LocalProfileDesk.open(dir);
  return { answer: ofProfiles(desk), close: () => desk.close() };
}

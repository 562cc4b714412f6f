import { Option, type Command } from 'commander';
import type { LocalProfileDesk as LocalDesk } from '../../adapters/local/identity/local-profile-desk';
import { wholeNumber } from './events-options';
import { addPropensity } from './propensity-model';
import { onStopSignal } from './signals';

interface ServeOptions {
  readonly dir: string;
  readonly host: string;
  readonly port: string;
}

/** `hub model …`: models of what is likely to happen, and models as servers. */
export function modelCommand(program: Command): void {
  const model = program.command('model').description('models of what is likely to happen, and models as servers');
  addPropensity(model);
  model
    .command('serve')
    .description(
      'tell of one profile at a time whose it is: GET /ping and POST /invocations, as SageMaker calls containers',
    )
    .addOption(
      new Option('--dir <folder>', 'where hub identity train wrote the model')
        .env('SM_MODEL_DIR')
        .default('/opt/ml/model'),
    )
    .addOption(new Option('--host <host>', 'the address to listen at').env('HUB_MODEL_HOST').default('127.0.0.1'))
    .option('--port <port>', 'the port to listen at', '8080')
    .action(serve);
}

async function serve({ dir, host, port: asked }: ServeOptions): Promise<void> {
  const port = wholeNumber(asked, '--port', [0, 65_535]);
  const [{ createModelApp }, { LocalProfileDesk }] = await Promise.all([
    import('../http/model-app'),
    import('../../adapters/local/identity/local-profile-desk'),
  ]);
  let desk: LocalDesk | undefined;
  const app = createModelApp({ desk: () => desk });
  onStopSignal(() => void app.close().then(() => desk?.close()));
  await app.listen({ host, port });
  try {
    desk = await LocalProfileDesk.open(dir);
    app.log.info({ dir }, 'the model is loaded');
  } catch (error) {
    await app.close();
    throw error;
  }
}

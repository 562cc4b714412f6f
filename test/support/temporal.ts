import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { registerSearchAttributes } from '../../workers/register-search-attributes';
import { temporalCli } from '../../adapters/local/engines/temporal-binaries';
import { engineUsed } from './used-engines';

/** A Temporal dev server for one test file, with settings of its own where these are given. */
export async function startTestTemporal(
  dynamicConfig: Readonly<Record<string, number>> = {},
): Promise<TestWorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const path = await temporalCli();
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      extraArgs: Object.entries(dynamicConfig).flatMap((setting) => ['--dynamic-config-value', setting.join('=')]),
    },
  });
  engineUsed('Temporal');
  await registerSearchAttributes({ address: environment.address }, environment.namespace ?? 'default');
  return environment;
}

/** The workflows as one file, without which every worker would bundle them again. */
export function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows'), logger: new DefaultLogger('ERROR') });
}

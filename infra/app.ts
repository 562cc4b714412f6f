import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { readConfig } from './config';
import { createHubApp } from './hub-app';

/** `npx cdk synth`: writes the templates, and says of each stack where it goes and how much is in it. */
const asked = new App({ autoSynth: false }).node.tryGetContext('config') as string | undefined;
const file = asked ?? join('infra', 'config.yaml');
const { stacks } = createHubApp(readConfig(file)).app.synth();
for (const { stackName, environment, template, dependencies } of stacks) {
  const { Resources: resources } = template as { readonly Resources: Readonly<Record<string, unknown>> };
  const after = dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets'));
  process.stdout.write(
    `${stackName} (${environment.region}): ${Object.keys(resources).length} resources${after.length === 0 ? '' : `, after ${after.join(', ')}`}\n`,
  );
}

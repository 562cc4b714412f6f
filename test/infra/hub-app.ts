import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib';
import { infraConfig, readConfig, type InfraConfig } from '../../infra/config';
import { createHubApp, type HubApp } from '../../infra/hub-app';

const example = readConfig(join(__dirname, '..', '..', 'infra', 'config.yaml'));

/** The hub of infra/config.yaml, with some settings changed. */
export function hubApp(changes: Partial<Record<keyof InfraConfig, unknown>> = {}): HubApp {
  return createHubApp(infraConfig.parse({ ...example, ...changes }));
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** Every resource of every stack, by stack and name. */
export function resourcesOf(hub: HubApp, type?: string): [string, Resource][] {
  return stacksOf(hub).flatMap((stack) =>
    Object.entries(Template.fromStack(stack).toJSON()['Resources'] as Record<string, Resource>)
      .filter(([, resource]) => type === undefined || resource.Type === type)
      .map(([name, resource]): [string, Resource] => [`${stack.node.id}/${name}`, resource]),
  );
}

export function stacksOf({ network, data, compute, edge, website, observability }: HubApp): Stack[] {
  return [network, data, compute, edge, website, observability];
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Which actions a role is allowed, whose name begins so. */
export function actionsOf(hub: HubApp, role: string): string[] {
  return statementsOf(hub, role)
    .flatMap(({ Action }) => Action)
    .sort();
}

export function statementsOf(hub: HubApp, role: string): Statement[] {
  return resourcesOf(hub, 'AWS::IAM::Policy')
    .filter(([name]) => name.startsWith(role))
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
}

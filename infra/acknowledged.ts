import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What a construct's metadata has of its justified wildcards. */
export const JUSTIFIED_WILDCARD = 'journey-hub:justified-wildcard';

export interface JustifiedWildcard {
  readonly resource: string;
  readonly reason: string;
}

/**
 * Lets a finding of cdk-nag be, with the reason.
 *
 * @param rule without the pack's name, e.g. S1
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/**
 * Lets policies below a construct name resources by a wildcard, each with the reason.
 *
 * cdk-nag names such resources by CloudFormation's own names of what is before the wildcard, which change with the
 * stacks: so they are told by how they end, or by how they
 * begin and end (`arn:aws:neptune-db:…/*`). `*` alone is every resource.
 */
export function justifyWildcards(construct: IConstruct, resources: readonly string[], reason: string): void {
  for (const resource of resources) {
    construct.node.addMetadata(JUSTIFIED_WILDCARD, { resource, reason } satisfies JustifiedWildcard);
  }
}

import type { IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { JUSTIFIED_WILDCARD, type JustifiedWildcard } from './acknowledged';

type Violation = PolicyValidationPluginReport['violations'][number];

const WILDCARD = /^AwsSolutions-IAM5\[Resource::(.*)\]$/;

/**
 * AWS's own rules (cdk-nag's AwsSolutions) with the hub's justified wildcards. Any finding fails the synthesis, warnings
 * too, and so does a justification of what is not there any more.
 */
export class HubChecks implements IPolicyValidationPlugin {
  readonly name: string;
  private readonly rules: AwsSolutionsChecks;
  private readonly used = new Set<JustifiedWildcard>();

  constructor(private readonly app: IConstruct) {
    this.rules = new AwsSolutionsChecks(app);
    this.name = this.rules.name;
  }

  validate(): PolicyValidationPluginReport {
    this.used.clear();
    const found = this.rules.validateScope(this.app).violations.flatMap((violation) => this.unjustified(violation));
    const violations = [...found, ...this.unused()];
    return { success: violations.length === 0, violations };
  }

  private unjustified(violation: Violation): Violation[] {
    const resource = WILDCARD.exec(violation.ruleName)?.[1];
    const left = violation.violatingResources.filter(
      ({ constructPath }) => resource === undefined || !this.isJustified(constructPath!, resource),
    );
    return left.length === 0 ? [] : [{ ...violation, severity: 'error', violatingResources: left }];
  }

  private isJustified(path: string, resource: string): boolean {
    const construct = this.app.node.findAll().find(({ node }) => node.path === path);
    const justified = (construct?.node.scopes ?? [])
      .flatMap(justificationsOf)
      .filter((justified) => isMeant(justified, resource));
    for (const each of justified) this.used.add(each);
    return justified.length > 0;
  }

  private unused(): Violation[] {
    return this.app.node.findAll().flatMap((construct) =>
      justificationsOf(construct)
        .filter((each) => !this.used.has(each))
        .map(({ resource }) => ({
          ruleName: `JourneyHub-UnusedJustification[${resource}]`,
          description: `nothing below names ${resource}: take its justification out`,
          severity: 'error',
          violatingResources: [{ constructPath: construct.node.path, locations: ['Properties'] }],
        })),
    );
  }
}

function justificationsOf({ node }: IConstruct): JustifiedWildcard[] {
  return node.metadata.filter(({ type }) => type === JUSTIFIED_WILDCARD).map(({ data }) => data as JustifiedWildcard);
}

function isMeant({ resource: meant }: JustifiedWildcard, resource: string): boolean {
  if (meant === '*') return resource === '*';
  const parts = meant.split('…');
  return resource.startsWith(parts.length > 1 ? parts[0]! : '') && resource.endsWith(parts.at(-1)!);
}

import { CancellationScope, patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { waitingStages } from '../core/progress/stages';
import type { ResolveIdentitiesResult } from '../activities/identity';
import type { Asked } from '../activities/questions';
import type { AssertionAnswer, AssertionInput, AssertionList, AssertionListInput } from '../schemas/assertions';
import type { CustomerIdentity, CustomerIdentityQuestion } from '../schemas/customer-identity';
import type { CustomerSearchAnswer, CustomerSearchInput } from '../schemas/customer-search';
import type { ResolutionInput } from '../schemas/resolution';
import { analytics, io, quick, resolutions } from './activities';
import { searchAttributes } from './search-attributes';
import { NEVER_COUNTED, trackStages } from './track-stages';

const NOTHING_TO_SAY = { done: NEVER_COUNTED, detail: () => '' };

/**
 * Ties the profiles of all sources to customers with stable ids. Started by a person it also brings the graph and the
 * journeys up to date, which a night does by itself; cancelled while it resolves, it leaves no trace, or completes where the lake has it already; as a dry run it writes nothing, and
 * tells what would change.
 */
export async function resolveIdentities(input: ResolutionInput = {}): Promise<ResolveIdentitiesResult> {
  // Begun by an earlier release's night, which handed over a date.
  if (!patched('resolution-plan')) return resolutions.resolveIdentities({ businessDate: input.businessDate! });
  const { startTime, parent } = workflowInfo();
  const stages = trackStages(
    waitingStages({
      plan: '',
      identity: 'profiles',
      ...(parent === undefined && input?.dryRun !== true ? { load: 'elements', journeys: 'journeys' } : {}),
    } as Readonly<Record<'plan' | 'identity' | 'load' | 'journeys', string>>),
  );
  const plan = await stages.run(
    'plan',
    () => resolutions.planResolution({ input, startedAt: startTime.getTime() }),
    NOTHING_TO_SAY,
  );
  upsertSearchAttributes(searchAttributes('identity', plan.businessDate));
  const resolved = await stages.run('identity', () => resolutions.resolveIdentities(plan), {
    done: ({ profiles }) => profiles,
    detail: describeResolution,
  });
  if (parent !== undefined || plan.dryRun) return resolved;
  const bringUpToDate = () =>
    Promise.all([
      stages.run('load', () => io.loadGraph(), {
        done: ({ changes }) => changes,
        detail: ({ path }) => `graph: ${path}`,
      }),
      stages.run('journeys', () => analytics.encodeJourneys(), {
        done: ({ journeys }) => journeys,
        detail: ({ steps }) => `${steps} steps`,
      }),
    ]);
  // Whoever cancelled too late finds it completed, and not half done.
  const isTooLate = CancellationScope.current().consideredCancelled;
  await (isTooLate ? CancellationScope.nonCancellable(bringUpToDate) : bringUpToDate());
  return resolved;
}

/** In one line: how many customers, how many profiles were looked at and why so many, what links them, and what changes. */
export function describeResolution(result: ResolveIdentitiesResult): string {
  const { customers, links, changesByKind, dryRun, lookedAt, why } = result;
  // What an earlier release's activity returned has no more than counts.
  if (links === undefined) return `${customers} customers`;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const changed = list(changesByKind) || 'none';
  const looked =
    lookedAt === undefined ? '' : `; looked at ${lookedAt} profiles${why === undefined ? '' : ` (${why})`}`;
  return `${customers} customers${looked}; links: ${list(links) || 'none'}; ${dryRun ? 'would change' : 'changed'}: ${changed}`;
}

/**
 * Keeps what somebody says of profiles: it holds in every resolution from now on, or at once when asked to.
 *
 * @param asked.question whether to merge or to split, which profiles, who says so, and why
 */
export async function assertIdentities({ question }: Asked<AssertionInput>): Promise<AssertionAnswer> {
  const { startTime, workflowId } = workflowInfo();
  const asserted = await quick.keepAssertion({ question, at: startTime.getTime(), id: workflowId });
  if (question.now !== true) return asserted;
  return { ...asserted, effect: 'now', resolution: await resolveIdentities({}) };
}

/** Lists what was said of profiles, the newest first. */
export async function identityAssertions(asked: Asked<AssertionListInput>): Promise<AssertionList> {
  return quick.listAssertions(asked);
}

/** Tells what holds a customer's profiles together, and what came of them over time. */
export async function customerIdentity(asked: Asked<CustomerIdentityQuestion>): Promise<CustomerIdentity> {
  return quick.explainIdentity(asked);
}

/** Finds customers by an id, a phone number or an e-mail address. */
export async function findCustomers(asked: Asked<CustomerSearchInput>): Promise<CustomerSearchAnswer> {
  return quick.findCustomers(asked);
}

import type { Command } from 'commander';
import type { AssertionAnswer, AssertionList } from '../../schemas/assertions';
import type { CustomerIdentity, CustomerIdentityEdge } from '../../schemas/customer-identity';
import { callHub } from './ask-hub';
import { runningApi } from './connection';
import { wholeNumber } from './events-options';
import { printAnswer, withRunningHub } from './running-hub';

interface SaidOptions {
  readonly author: string;
  readonly reason: string;
  readonly now?: boolean;
  readonly hub?: string;
}

/** `hub identity merge`, `split`, `assertions` and `explain`: what people say of a running hub's identities, and ask about them. */
export function addCuration(identity: Command): void {
  addAssertion(identity, 'merge', 'say that profiles are one person, for every resolution from now on');
  addAssertion(identity, 'split', 'say that profiles are not who the rest of their customer is');
  withRunningHub(identity.command('assertions'))
    .description('list what was said of profiles, the newest first')
    .option('--limit <n>', 'how many at most', '100')
    .option('--json', 'answer in JSON')
    .action(async (options: { limit: string; json?: boolean; hub?: string }) => {
      const limit = wholeNumber(options.limit, '--limit', [1, 1_000]);
      const list = await callHub<AssertionList>(
        await runningApi(options.hub),
        `/v1/identity/assertions?limit=${limit}`,
      );
      printAnswer(options, list, assertionLines(list));
    });
  withRunningHub(identity.command('explain'))
    .description('what holds the profiles of a customer together, the weakest of it, and the changes over time')
    .argument('<customer>', "the hub's id of the customer")
    .option('--json', 'answer in JSON')
    .action(async (customer: string, options: { json?: boolean; hub?: string }) => {
      const path = `/v1/customers/${encodeURIComponent(customer)}/identity`;
      const explained = await callHub<CustomerIdentity>(await runningApi(options.hub), path);
      printAnswer(options, explained, explanationLines(explained));
    });
}

function addAssertion(identity: Command, kind: 'merge' | 'split', description: string): void {
  withRunningHub(identity.command(kind))
    .description(`${description}; a later word revokes an earlier one`)
    .argument('<profiles...>', 'ids of profiles, such as crm:4711')
    .requiredOption('--author <name>', 'who says so')
    .requiredOption('--reason <text>', 'why')
    .option('--now', 'resolve identities at once, rather than with the next night')
    .option('--json', 'answer in JSON')
    .action(async (profiles: string[], { author, reason, now, ...options }: SaidOptions & { json?: boolean }) => {
      const said = { kind, profiles, author, reason, now: now === true };
      const answer = await callHub<AssertionAnswer>(await runningApi(options.hub), '/v1/identity/assertions', said);
      const changes =
        answer.resolution === undefined ? '' : `; profiles that changed customers: ${answer.resolution.changes}`;
      printAnswer(options, answer, [`kept (pairs of profiles: ${answer.pairs}); it shows ${answer.effect}${changes}`]);
    });
}

function assertionLines({ assertions }: Pick<AssertionList, 'assertions'>): string[] {
  if (assertions.length === 0) return ['nothing was said of any profiles'];
  return assertions.map(({ profileA, profileB, kind, author, reason, assertedAt, active }) => {
    const verb = kind === 'same' ? 'are one person' : 'are two people';
    return `${assertedAt.slice(0, 16)}  ${profileA} and ${profileB} ${verb}${active ? '' : ' (revoked)'}  ${author}: ${reason}`;
  });
}

function explanationLines({ customer, profiles, edges, weakest, changes, assertions }: CustomerIdentity): string[] {
  const width = Math.max(...profiles.map(({ profile }) => profile.length));
  return [
    `${customer}: ${profiles.length} profiles`,
    ...profiles.map(
      ({ profile, method, rule, fields }) =>
        `  ${profile.padEnd(width)}  ${`${method}: ${rule}`.padEnd(36)}  ${Object.values(fields).join(', ')}`,
    ),
    ...section('held together by', edges.map(edgeLine)),
    ...(weakest === null
      ? []
      : [
          '',
          `weakest link: ${edgeLine(weakest.edge)}`,
          `  without it: ${weakest.parts.map((part) => part.join(', ')).join('  |  ')}`,
          ...waterfallLines(weakest.edge),
        ]),
    ...section(
      'changes',
      changes.map(({ businessDate, profile, from, to, kind, reason }) => {
        return `${businessDate}  ${profile}: ${kind ?? 'changed'}, ${from === null ? '' : `${from} → `}${to}${reason === null ? '' : ` (${reason})`}`;
      }),
    ),
    ...section('said', assertions.length === 0 ? [] : assertionLines({ assertions })),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function edgeLine({ profileA, profileB, method, rule, weight, probability }: CustomerIdentityEdge): string {
  const odds = weight === null ? '' : `, model ${weight >= 0 ? '+' : ''}${weight.toFixed(1)}`;
  return `${profileA} – ${profileB}  ${method}: ${rule}, ${(probability * 100).toFixed(2)} %${odds}`;
}

/** The model's weight, from the prior on, comparison by comparison. */
function waterfallLines({ waterfall }: CustomerIdentityEdge): string[] {
  if (waterfall === null) return [];
  const line = (name: string, bits: number, level = '') =>
    `  ${(bits >= 0 ? `+${bits.toFixed(1)}` : bits.toFixed(1)).padStart(7)}  ${name}${level === '' ? '' : `: ${level}`}`;
  const told = waterfall.comparisons.filter(({ weight }) => weight !== 0);
  return [
    line('before anything is compared', waterfall.prior),
    ...told.map(({ field, level, weight }) => line(field, weight, level)),
    line('log2 odds by the model', waterfall.weight),
  ];
}

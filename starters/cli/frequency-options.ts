import type { Command } from 'commander';
import type { JourneyFrequencyInput } from '../../schemas/frequency';
import { UsageError } from './usage-error';

/** What can be asked of a hub beyond what can be asked of a file. */
export interface HubFrequencyOptions {
  readonly occurrence?: string;
  readonly collapse?: boolean;
  readonly ignore?: string;
  readonly through?: string;
  readonly byChannel?: boolean;
  readonly maxGapHours?: string;
  readonly onChannels?: string;
  readonly from?: string;
  readonly until?: string;
  readonly had?: string;
  readonly hadNot?: string;
}

type Extra = Omit<JourneyFrequencyInput, 'event' | 'as' | 'steps' | 'top'>;

export function withHubFrequencyOptions(command: Command): Command {
  return command
    .option(
      '--occurrence <which>',
      "first, last or every one of a customer's events of interest (hubs only, as all below)",
    )
    .option('--on-channels <names>', 'the event of interest on these channels only, separated by commas')
    .option('--from <time>', 'the event of interest at this time or later, such as 2026-01-31T00:00:00Z')
    .option('--until <time>', 'the event of interest before this time')
    .option('--through <steps>', 'journeys that pass these steps in this order, separated by commas')
    .option('--collapse', 'the same step several times in a row is one step')
    .option('--ignore <steps>', 'steps to look away from, separated by commas')
    .option('--by-channel', 'tell steps apart by their channel instead of their type')
    .option('--max-gap-hours <n>', 'a longer gap between two steps ends the journey')
    .option('--had <steps>', 'only customers who ever had all of these steps, separated by commas')
    .option('--had-not <steps>', 'only customers who never had any of these steps');
}

/** The options as fields of the question; what they hold is checked by the API, which names the field. */
export function hubFrequencyQuestion(options: HubFrequencyOptions): Extra {
  const { occurrence, collapse, ignore, through, byChannel, maxGapHours, onChannels, from, until, had, hadNot } =
    options;
  const given: { readonly [Field in keyof Extra]?: Extra[Field] | undefined } = {
    occurrence: occurrence as Extra['occurrence'],
    anchor: present({ channels: list(onChannels), from, until }),
    through: list(through),
    repeats: collapse === true ? 'collapse' : undefined,
    ignore: list(ignore),
    by: byChannel === true ? 'channel' : undefined,
    maxGapHours: maxGapHours === undefined ? undefined : Number(maxGapHours),
    segment: present({ had: list(had), hadNot: list(hadNot) }),
  };
  return present(given) ?? {};
}

/** @throws UsageError when something is asked of a file that only a hub can answer */
export function refuseHubFrequencyOptions(options: HubFrequencyOptions): void {
  const [first] = Object.keys(hubFrequencyQuestion(options));
  if (first === undefined) return;
  throw new UsageError(
    '--occurrence, --through and what follows them in --help can be asked of a hub only, not with --events',
  );
}

function list(names: string | undefined): string[] | undefined {
  return names?.split(',').map((name) => name.trim());
}

/** The fields that are given; undefined when none is. */
function present<T extends object>(fields: T): { [Field in keyof T]: Exclude<T[Field], undefined> } | undefined {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as never);
}

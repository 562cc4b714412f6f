import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { HubError } from '../../core/errors';
import type { ExplainedMilestone } from '../../core/milestones/explain';
import { didYouMean } from '../../core/text/closest-name';
import { problemText } from '../../schemas/issues';
import type { MilestoneSpec } from '../../schemas/milestone';
import { withHubOption } from './connection';
import { UsageError } from './usage-error';

/** `hub milestones …`: what customers reach on their journeys, tried out before it is computed for everybody. */
export function milestonesCommand(program: Command): void {
  const milestones = program.command('milestones').description('what customers reach on their journeys');
  withHubOption(milestones.command('list'))
    .description('the milestones of a hub folder, and what is wrong with others')
    .option('--json', 'answer in JSON')
    .action(list);
  withHubOption(milestones.command('test <spec>'))
    .description('why a journey reaches a milestone, or does not; SPEC is a YAML file, or a name of the hub folder')
    .requiredOption(
      '--journey <events>',
      'events with their times, such as "bill_shock@0d, call_center/phone@2d12h, bill_issued;amount=120@30d"',
    )
    .option('--as-of <time>', 'until when everything is known, such as 30d (default: until all absences have passed)')
    .option('--json', 'answer in JSON, times in milliseconds')
    .action(test);
  withHubOption(milestones.command('explain <spec>'))
    .description('the SQL and the Gremlin that a milestone is compiled to')
    .option('--dialect <name>', 'duckdb or trino', 'duckdb')
    .action(explain);
}

async function list(options: { readonly hub: string; readonly json?: boolean }): Promise<void> {
  const { loadHub } = await import('../../adapters/local/hub-folder');
  const { milestones, problems } = (await loadHub(options.hub)).milestones;
  if (options.json === true) {
    const all = milestones.map(({ spec: { name, title, description, from }, version }) => ({
      name,
      title,
      description,
      version,
      from,
    }));
    process.stdout.write(`${JSON.stringify({ milestones: all, problems })}\n`);
    return;
  }
  const width = Math.max(0, ...milestones.map(({ spec }) => spec.name.length));
  for (const { spec } of milestones) process.stdout.write(`${spec.name.padEnd(width)}  ${spec.description}\n`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

interface TestOptions {
  readonly hub: string;
  readonly journey: string;
  readonly asOf?: string;
  readonly json?: boolean;
}

async function test(name: string, options: TestOptions): Promise<void> {
  const spec = await specOf(name, options.hub);
  const { parseJourney, parseOffset } = await import('../../core/milestones/journey-text');
  const { explainMilestone } = await import('../../core/milestones/explain');
  const events = parseJourney(options.journey);
  const wrong = () => new UsageError(`--as-of: "${options.asOf}" is no time; expected one such as 30d`, 'as-of');
  const asOf = options.asOf === undefined ? Infinity : parseOffset(options.asOf, wrong);
  const explained = explainMilestone(spec, events, asOf);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(explained)}\n` : await explanationText(spec, explained),
  );
}

async function explanationText(
  spec: MilestoneSpec,
  { conditions, reached, nextDue, unnamed }: ExplainedMilestone,
): Promise<string> {
  const { durationText } = await import('../../core/milestones/explain');
  const { eventsOf } = await import('../../core/milestones/pattern');
  const times = (list: readonly number[]) =>
    [...new Set(list)]
      .sort((a, b) => a - b)
      .map(durationText)
      .join(', ') || 'never';
  const width = Math.max(...conditions.map(({ condition }) => condition.length));
  const lines = conditions.map(({ condition, fitting, kept }) => {
    const happened = fitting.length === 0 ? '' : `happened at ${times(fitting)}; `;
    return `  ${kept.length > 0 ? '✓' : '✗'} ${condition.padEnd(width)}  ${happened}holds at ${times(kept)}`;
  });
  const result =
    reached.length > 0
      ? `reached at ${times(reached.map(({ reachedAt }) => reachedAt))}`
      : nextDue === undefined
        ? 'not reached'
        : `not reached yet: will be at ${durationText(nextDue)}, if nothing is in the way until then`;
  const aside = unnamed.map((type) => `  – ${type} does not matter to it${didYouMean(type, eventsOf(spec))}`);
  return `${spec.name}: ${result}\n${[...lines, ...aside].join('\n')}\n`;
}

async function explain(name: string, options: { readonly hub: string; readonly dialect: string }): Promise<void> {
  const spec = await specOf(name, options.hub);
  const { explainedQueries } = await import('../../core/milestones/compiled');
  const { duckDbDialect } = await import('../../core/sql/duckdb-dialect');
  const { trinoDialect } = await import('../../core/sql/trino-dialect');
  const dialect = [duckDbDialect, trinoDialect].find((candidate) => candidate.name === options.dialect)?.milestones;
  if (dialect === undefined)
    throw new UsageError(`--dialect: expected duckdb or trino, found "${options.dialect}"`, 'dialect');
  const { sql, gremlin, events } = explainedQueries(spec, dialect);
  process.stdout.write(
    `-- computed for everybody from the ${spec.from}\n\n-- SQL, for everybody, over the lake\n${sql}\n\n// Gremlin, for one customer\n${gremlin}\n\n// woken by ${events.join(', ')}\n`,
  );
}

/** A milestone by the path of its file, or by its name in a hub folder. */
async function specOf(name: string, hub: string): Promise<MilestoneSpec> {
  const { readSettings } = await import('../../adapters/local/config-reader');
  const { milestoneSpec } = await import('../../schemas/milestone');
  const path = [name, join(hub, 'milestones', `${name}.yaml`)].find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new UsageError(
      `there is no file ${name}, and no milestone of this name in ${join(hub, 'milestones')}`,
      'spec',
    );
  }
  const spec = await readSettings(path, milestoneSpec);
  const { specProblems } = await import('../../core/milestones/check-milestones');
  const problems = specProblems(spec).map((problem) => `\n  ${problemText(problem)}`);
  if (problems.length > 0) throw new HubError('CONFIG_INVALID', `${path} has errors:${problems.join('')}`);
  return spec;
}

import type { Command } from 'commander';
import type { KpiAnswer, KpiList, KpiPoint } from '../../schemas/kpi-report';
import { callHub } from './ask-hub';
import { exampleHub, runningApi } from './connection';
import { runByHand } from './run';
import { printAnswer, withRunningHub } from './running-hub';
import { UsageError } from './usage-error';

interface HubOptions {
  readonly hub?: string;
  readonly json?: boolean;
}

interface ShowOptions extends HubOptions {
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly grain?: string;
}

interface RefreshOptions {
  readonly hub?: string;
  readonly kpi?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `hub kpi …`: the key performance indicators of `kpis/`. */
export function kpiCommand(program: Command): void {
  const kpi = program
    .command('kpi')
    .description('key performance indicators: what they are, compute them, try a new one');
  asking(kpi.command('list'))
    .description('every KPI with its newest value')
    .action(async (options: HubOptions) => {
      const list = await callHub<KpiList>(await runningApi(options.hub), '/v1/kpis');
      printAnswer(options, list, [...list.kpis.map(listLine), ...list.problems]);
    });
  asking(kpi.command('show'))
    .description('a KPI over time')
    .argument('<kpi>', 'the name of a file in kpis/')
    .option('--from <date>', 'the first day, YYYY-MM-DD')
    .option('--to <date>', 'the last day')
    .option('--grain <grain>', 'day, week or month', 'week')
    .option('--by <filter>', 'tell it by one of its filters')
    .action(show);
  kpi
    .command('refresh')
    .description('compute KPIs of the days that may have changed, or of those that are named')
    .option('--hub <folder>', 'the hub folder', process.env['HUB_FOLDER'] ?? exampleHub)
    .option('--kpi <names>', 'only these, separated by commas')
    .option('--from <date>', 'the first day that is computed anew, YYYY-MM-DD')
    .option('--to <date>', 'the last day')
    .action(refresh);
  kpi
    .command('test')
    .description("run a KPI's file over a hub's lake, and keep nothing")
    .argument('<file>', 'a file <id>.sql with front matter')
    .option('--hub <folder>', 'the hub folder', process.env['HUB_FOLDER'] ?? exampleHub)
    .option('--days <number>', 'how many days, up to the newest event', '14')
    .action(test);
}

function asking(command: Command): Command {
  return withRunningHub(command).option('--json', 'print JSON');
}

async function show(id: string, { from, to, by, grain, ...options }: ShowOptions): Promise<void> {
  const asked = Object.entries({ from, to, by, grain }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const query = new URLSearchParams(asked);
  const answer = await callHub<KpiAnswer>(await runningApi(options.hub), `/v1/kpis/${encodeURIComponent(id)}?${query}`);
  const { kpi, series } = answer;
  const lines = series.flatMap(({ of, points }) => [
    ...(of === null ? [] : [of]),
    ...points.map((point) => `  ${point.at}  ${valueText(point.value, kpi.unit)}${point.anomalous ? '  unusual' : ''}`),
  ]);
  printAnswer(options, answer, [
    `${kpi.title}: ${valueText(answer.total, kpi.unit)} from ${answer.from} to ${answer.to}`,
    ...lines,
  ]);
}

async function refresh({ hub, kpi, from, to }: RefreshOptions): Promise<void> {
  const input = {
    ...(kpi !== undefined && { kpis: kpi.split(',').map((name) => name.trim()) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  await runByHand(hub!, { workflow: 'refreshKpis', input });
}

async function test(file: string, options: { readonly hub: string; readonly days: string }): Promise<void> {
  const days = Number(options.days);
  if (!Number.isInteger(days) || days < 1)
    throw new UsageError(`--days: expected a number of days, found "${options.days}"`);
  const [{ loadHub }, { readKpi }, { openHubLake }, { tryKpi }] = await Promise.all([
    import('../../adapters/local/hub-folder'),
    import('../../adapters/local/kpis/kpi-files'),
    import('../../workers/hub-lake'),
    import('../try-kpi'),
  ]);
  const kpi = await readKpi(file);
  const { lake, close } = await openHubLake(await loadHub(options.hub));
  try {
    const { span, rows, total } = await tryKpi(lake, kpi, days);
    const shown = rows
      .slice(0, 20)
      .map(({ day, dimensions, numerator, denominator }) =>
        [day, ...dimensions, denominator === null ? numerator : `${numerator} of ${denominator}`].join('  '),
      );
    const more = rows.length > shown.length ? [`… and ${rows.length - shown.length} rows more`] : [];
    const head = `${kpi.title}: ${valueText(total, kpi.unit)} from ${span.from} to before ${span.to}, ${rows.length} rows`;
    process.stdout.write(`${[head, ['day', ...kpi.filters, 'value'].join('  '), ...shown, ...more].join('\n')}\n`);
  } finally {
    await close();
  }
}

function listLine({ id, unit, newest, weekBefore, refreshed }: KpiList['kpis'][number]): string {
  const value = valueText(newest?.value ?? null, unit).padStart(12);
  const before = weekBefore === null ? '' : `  a week before ${valueText(weekBefore, unit)}`;
  const failure = refreshed?.status === 'failed' ? `  failed: ${refreshed.reason}` : '';
  return `${id.padEnd(26)} ${value} ${unit.padEnd(10)} ${(newest?.at ?? 'never').padEnd(10)}${before}${flag(newest)}${failure}`;
}

function flag(point: KpiPoint | undefined): string {
  return point?.anomalous === true ? '  unusual' : '';
}

function valueText(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'share') return `${(100 * value).toFixed(1)} %`;
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}

import type { Command } from 'commander';
import { loadHub, type Hub } from '../../adapters/local/hub-folder';
import { HubError } from '../../core/errors';
import { examine, type Finding } from '../../workers/doctor';
import { reachTemporal, type TemporalPlace } from '../../workers/temporal-connection';
import { connectClient, engineAddresses, printJson, withHubOption } from './connection';

interface DoctorOptions {
  readonly hub: string;
  readonly json?: boolean;
}

const SIGNS: Readonly<Record<Finding['state'], string>> = { good: '✓', bad: '✗', unknown: '–' };

/** `hub doctor`: whether a hub has all that it needs, with the remedy where it has not. */
export function doctorCommand(program: Command): void {
  withHubOption(program.command('doctor'))
    .description(
      'look at what the hub depends on: folders, disk, clock, engines, streams; exits with 1 where something is wrong',
    )
    .option('--json', 'as JSON')
    .action(runDoctor);
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  const hub = await loadHub(options.hub);
  const findings = await examine({ hub, ...(await runningEngines(hub)), temporalVersion });
  if (options.json === true) printJson({ findings });
  else for (const finding of findings) process.stdout.write(`${lineOf(finding)}\n`);
  if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
}

function lineOf({ name, state, found }: Finding): string {
  return `${SIGNS[state]} ${name.padEnd(15)} ${found}`;
}

/** A hub that does not run has no addresses, unless its settings name them. */
async function runningEngines(hub: Hub) {
  return engineAddresses(hub).catch((error: unknown) => {
    if (error instanceof HubError && error.code === 'HUB_NOT_RUNNING') return {};
    throw error;
  });
}

async function temporalVersion(place: TemporalPlace): Promise<string> {
  const client = await connectClient(place);
  try {
    const { serverVersion } = await reachTemporal(place, () => client.workflowService.getSystemInfo({}));
    return `server ${serverVersion}`;
  } finally {
    await client.connection.close();
  }
}

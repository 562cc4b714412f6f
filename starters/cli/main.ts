import { Command, CommanderError } from 'commander';
import { HubError, messageOf } from '../../core/errors';
import { packageVersion } from '../../workers/package-folder';
import { UsageError } from './usage-error';

/** Every command of `hub`, each in a file of its own that is loaded only when the command is called. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import('./start')).startCommand,
  run: async () => (await import('./run')).runCommand,
  sample: async () => (await import('./sample')).sampleCommand,
  worker: async () => (await import('./worker')).workerCommand,
  api: async () => (await import('./api')).apiCommand,
  backlog: async () => (await import('./backlog')).backlogCommand,
  backup: async () => (await import('./backup')).backupCommand,
  doctor: async () => (await import('./doctor')).doctorCommand,
  key: async () => (await import('./keys')).keyCommand,
  audit: async () => (await import('./audit')).auditCommand,
  report: async () => (await import('./report')).reportCommand,
  identity: async () => (await import('./identity')).identityCommand,
  kpi: async () => (await import('./kpi')).kpiCommand,
  model: async () => (await import('./model')).modelCommand,
  propensity: async () => (await import('./propensity')).propensityCommand,
  schedules: async () => (await import('./schedules')).schedulesCommand,
  streams: async () => (await import('./streams')).streamsCommand,
  follow: async () => (await import('./follow')).followCommand,
  milestones: async () => (await import('./milestones')).milestonesCommand,
  notifications: async () => (await import('./notifications')).notificationsCommand,
  graph: async () => (await import('./graph')).graphCommand,
  journeys: async () => (await import('./journeys')).journeysCommand,
};

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
/** As shells have it for a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** Runs one command line, without the leading `node hub`; sets the exit code: 0, 1 for a failure, 2 for wrong usage. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', stopWhenUnread);
  try {
    const program = new Command('hub')
      .description('Connected customer journey hub')
      .version(packageVersion(), '-V, --version', 'show the version')
      .exitOverride();
    await addCommands(program, args[0]);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Adds the command called for, or all of them for the help and for mistyped names. */
async function addCommands(program: Command, called: string | undefined): Promise<void> {
  const isKnown = called !== undefined && Object.hasOwn(commands, called);
  for (const name of isKnown ? [called] : Object.keys(commands)) (await commands[name]?.())?.(program);
  program.commands.forEach(inheritExitOverride);
}

/** Commander gives a command added by name its parent's settings, but not one made by `new Command`. */
function inheritExitOverride(command: Command): void {
  command.exitOverride();
  command.commands.forEach(inheritExitOverride);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE; // has spoken already
  if (error instanceof Error && error.name === 'AbortError') return EXIT_INTERRUPTED;
  process.stderr.write(`hub: ${messageOf(error)}\n`);
  if (error instanceof UsageError) return EXIT_USAGE;
  if (!(error instanceof HubError) && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return EXIT_FAILURE;
}

/** `hub … | head` closes the pipe: no failure. */
function stopWhenUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

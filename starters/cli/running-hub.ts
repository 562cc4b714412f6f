import type { Command } from 'commander';

/** Adds the option that says which running hub a command asks. */
export function withRunningHub(command: Command): Command {
  return command.option('--hub <folder>', 'ask this running hub (default: the telco example)');
}

/** Prints an answer: as JSON where that is wanted, else for people. */
export function printAnswer({ json }: { readonly json?: boolean }, answer: object, lines: readonly string[]): void {
  process.stdout.write(`${json === true ? JSON.stringify(answer) : lines.join('\n')}\n`);
}

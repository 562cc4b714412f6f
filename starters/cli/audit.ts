import type { Command } from 'commander';
import { loadHub } from '../../adapters/local/hub-folder';
import type { ChainedEntry } from '../../core/audit/entry';
import { openAuditLog } from '../../workers/hub-access';
import { printJson, withHubOption } from './connection';

interface ShowOptions {
  readonly hub: string;
  readonly customer?: string;
  readonly caller?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `hub audit …`: who saw or changed what of customers. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('who saw or changed what of customers');
  withHubOption(audit.command('show'))
    .description('entries as lines of JSON, the oldest of a process first')
    .option('--customer <id>', "only those about a customer, by the hub's id")
    .option('--caller <name>', 'only those of a caller, such as key:desk or user:…')
    .option('--from <time>', 'from an ISO time on')
    .option('--to <time>', 'before an ISO time')
    .action(show);
  withHubOption(audit.command('verify'))
    .description('whether all entries are as they were written; exits with 1 where they are not')
    .action(verify);
}

async function show(options: ShowOptions): Promise<void> {
  const log = await openAuditLog(await loadHub(options.hub));
  try {
    for await (const entry of log.entries()) {
      if (isWanted(entry, options)) process.stdout.write(`${JSON.stringify(entry)}\n`);
    }
  } finally {
    await log.close();
  }
}

function isWanted({ at, caller, customers }: ChainedEntry, wanted: ShowOptions): boolean {
  if (wanted.customer !== undefined && !customers.includes(wanted.customer)) return false;
  if (wanted.caller !== undefined && caller !== wanted.caller) return false;
  return (wanted.from === undefined || at >= wanted.from) && (wanted.to === undefined || at < wanted.to);
}

async function verify(options: { readonly hub: string }): Promise<void> {
  const log = await openAuditLog(await loadHub(options.hub));
  try {
    const check = await log.check();
    printJson(check);
    if (check.broken.length > 0) process.exitCode = 1;
  } finally {
    await log.close();
  }
}

import type { Command } from 'commander';
import { printJson, withHubOption } from './connection';
import { UsageError } from './usage-error';

interface CatalogOptions {
  readonly hub: string;
  readonly database?: string;
  readonly print?: boolean;
}

/** `hub graph …`: the graph for other systems. */
export function graphCommand(program: Command): void {
  const graph = program.command('graph').description('the customer journey graph for other systems');
  withHubOption(graph.command('athena-catalog'))
    .description("write the Glue tables by which Athena's connector for Neptune reads the graph, where they differ")
    .option('--database <name>', "the Glue database (default: the lake's, with _graph behind its name)")
    .option('--print', 'print the tables as JSON, and write nothing')
    .action(athenaCatalog);
}

async function athenaCatalog({ hub: folder, database, print }: CatalogOptions): Promise<void> {
  if (database !== undefined && !/^[a-z0-9_]{1,255}$/.test(database))
    throw new UsageError(`--database: expected lower case letters, digits and "_", found "${database}"`, 'database');
  const { loadHub } = await import('../../adapters/local/hub-folder');
  const { hubCatalog, writeHubCatalog } = await import('../../workers/neptune-catalog');
  const hub = await loadHub(folder);
  printJson(print === true ? hubCatalog(hub) : await writeHubCatalog(hub, database));
}

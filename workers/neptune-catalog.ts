import { NeptuneCatalog, type CatalogChanges } from '../adapters/aws/athena/neptune-catalog';
import type { Hub } from '../adapters/local/hub-folder';
import { HubError } from '../core/errors';
import { athenaCatalog, type CatalogTable } from '../core/graph/athena-catalog';
import { openProperties } from '../core/graph/open-properties';
import { connectionOf } from './aws-connection';

/** The tables by which Athena reads the graph of a hub, with what its sources, milestones and models add to the contract. */
export function hubCatalog({
  sources,
  milestones,
  models,
}: Pick<Hub, 'sources' | 'milestones' | 'models'>): CatalogTable[] {
  return athenaCatalog(
    openProperties(
      sources,
      milestones.milestones.map(({ spec }) => spec),
      models,
    ),
  );
}

/** Writes them to Glue, by the settings of `engines.aws`. Throws `AWS_SETTINGS_MISSING`, and as `NeptuneCatalog` tells. */
export async function writeHubCatalog(
  hub: Hub,
  name?: string,
): Promise<CatalogChanges & { readonly database: string }> {
  const { aws } = hub.settings.engines;
  if (aws === undefined)
    throw new HubError('AWS_SETTINGS_MISSING', 'hub.yaml names no services of AWS: fill in engines.aws, or --print', {
      field: 'engines.aws',
    });
  // The connector shows every table of its database as one of the graph's.
  const database = name ?? `${aws.lake.database}_graph`;
  const catalog = new NeptuneCatalog(connectionOf(aws), database);
  try {
    return { database, ...(await catalog.write(hubCatalog(hub))) };
  } finally {
    await catalog.close();
  }
}

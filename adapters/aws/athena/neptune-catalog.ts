import {
  AlreadyExistsException,
  ConcurrentModificationException,
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteTableCommand,
  EntityNotFoundException,
  GetTablesCommand,
  GlueClient,
  UpdateTableCommand,
  type Table,
  type TableInput,
} from '@aws-sdk/client-glue';
import { OWNER, OWNER_PARAMETER, type CatalogTable } from '../../../core/graph/athena-catalog';
import { HubError } from '../../../core/errors';
import { callAws } from '../aws-errors';
import { clientConfig, type AwsConnection } from '../client-policy';

/** What was done to the tables of a database, by name. */
export interface CatalogChanges {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly removed: readonly string[];
  /** How many were as they are to be. */
  readonly unchanged: number;
}

/** What the connector reads of a table, of which nothing may be left that the hub does not say. */
const OWN_PARAMETERS = ['componenttype', 'glabel', 'query'];

/**
 * The Glue database that Athena's connector for Neptune reads. Tables are the hub's by a parameter: others are never
 * changed. The connector lists the first hundred tables of the database, so it had better have none of anybody else's.
 */
export class NeptuneCatalog {
  private readonly client: GlueClient;

  constructor(
    connection: AwsConnection,
    private readonly database: string,
  ) {
    this.client = new GlueClient(clientConfig('glue', connection));
  }

  /**
   * Makes the hub's tables what they are to be: creates, updates and removes no more than differs. Asked for again it
   * goes on where it was cut off, and changes nothing when all is done.
   *
   * @throws HubError `CATALOG_TABLE_FOREIGN` before anything is changed, where somebody else's table has a name;
   * `CATALOG_CONFLICT` (retryable) when somebody changes a table at the same time; and as `awsError` tells
   */
  async write(tables: readonly CatalogTable[], signal?: AbortSignal): Promise<CatalogChanges> {
    const found = await this.foundOrCreated(signal);
    const before = new Map(found.map((table) => [table.Name!, table]));
    const foreign = tables.filter(({ name }) => before.has(name) && !isOwn(before.get(name)!));
    if (foreign.length > 0) throw this.foreign(foreign.map(({ name }) => name));
    const wanted = new Set(tables.map(({ name }) => name));
    const created = tables.filter(({ name }) => !before.has(name));
    const updated = tables.filter(
      (table) => before.has(table.name) && differs(before.get(table.name)!, inputOf(table)),
    );
    const removed = found.flatMap((table) => (isOwn(table) && !wanted.has(table.Name!) ? [table.Name!] : []));
    for (const table of created) await this.create(table, signal);
    for (const table of updated) await this.update(inputOf(table, before.get(table.name)), signal);
    for (const name of removed) await this.remove(name, signal);
    return {
      created: created.map(({ name }) => name),
      updated: updated.map(({ name }) => name),
      removed,
      unchanged: tables.length - created.length - updated.length,
    };
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  /** The tables of the database, which is created when there is none. */
  private async foundOrCreated(signal: AbortSignal | undefined): Promise<Table[]> {
    const there = await this.tables(signal);
    if (there !== undefined) return there;
    await this.unless(AlreadyExistsException, `creating the Glue database ${this.database}`, signal, (options) =>
      this.client.send(
        new CreateDatabaseCommand({
          DatabaseInput: { Name: this.database, Description: 'The customer journey graph, for the Neptune connector' },
        }),
        options,
      ),
    );
    return (await this.tables(signal)) ?? [];
  }

  /** All tables, page by page; undefined when there is no database. */
  private async tables(signal: AbortSignal | undefined): Promise<Table[] | undefined> {
    const tables: Table[] = [];
    let token: string | undefined;
    do {
      const command = new GetTablesCommand({ DatabaseName: this.database, NextToken: token });
      const what = `listing the tables of the Glue database ${this.database}`;
      const page = await this.unless(EntityNotFoundException, what, signal, (options) =>
        this.client.send(command, options),
      );
      if (page === undefined) return undefined;
      tables.push(...(page.TableList ?? []));
      token = page.NextToken === '' ? undefined : page.NextToken;
    } while (token !== undefined);
    return tables;
  }

  /** An answer may have been lost: what is there already is held to what it is to be. */
  private async create(table: CatalogTable, signal: AbortSignal | undefined): Promise<void> {
    const command = new CreateTableCommand({ DatabaseName: this.database, TableInput: inputOf(table) });
    const what = `creating the Glue table ${this.database}.${table.name}`;
    const created = await this.unless(AlreadyExistsException, what, signal, (options) =>
      this.client.send(command, options),
    );
    if (created !== undefined) return;
    const there = (await this.tables(signal))?.find(({ Name }) => Name === table.name);
    if (there === undefined) throw this.conflict(table.name, undefined);
    if (!isOwn(there)) throw this.foreign([table.name]);
    const input = inputOf(table, there);
    if (differs(there, input)) await this.update(input, signal);
  }

  private async update(table: TableInput, signal: AbortSignal | undefined): Promise<void> {
    // Versions of a table would pile up, and nobody reads them.
    const command = new UpdateTableCommand({ DatabaseName: this.database, TableInput: table, SkipArchive: true });
    await callAws(`updating the Glue table ${this.database}.${table.Name}`, signal, () =>
      this.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
        if (error instanceof ConcurrentModificationException || error instanceof EntityNotFoundException)
          throw this.conflict(table.Name!, error);
        throw error;
      }),
    );
  }

  private async remove(name: string, signal: AbortSignal | undefined): Promise<void> {
    const command = new DeleteTableCommand({ DatabaseName: this.database, Name: name });
    await this.unless(EntityNotFoundException, `removing the Glue table ${this.database}.${name}`, signal, (options) =>
      this.client.send(command, options),
    );
  }

  /** Does something, or gives undefined where Glue says with this error that it is so. */
  private unless<T>(
    known: abstract new (...args: never[]) => Error,
    what: string,
    signal: AbortSignal | undefined,
    work: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T | undefined> {
    return callAws(what, signal, () =>
      work({ abortSignal: signal }).catch((error: unknown) => {
        if (error instanceof known) return undefined;
        throw error;
      }),
    );
  }

  private foreign(names: readonly string[]): HubError {
    return new HubError(
      'CATALOG_TABLE_FOREIGN',
      `the Glue database ${this.database} has tables that are not the hub's under names that it needs: ${names.join(', ')}; name another database, or remove them`,
      { field: 'database' },
    );
  }

  private conflict(name: string, cause: unknown): HubError {
    return new HubError(
      'CATALOG_CONFLICT',
      `the Glue table ${this.database}.${name} was changed by somebody else at the same time: try again`,
      { retryable: true, cause },
    );
  }
}

function isOwn({ Parameters }: Table): boolean {
  return Parameters?.[OWNER_PARAMETER] === OWNER;
}

/** A table for Glue; what others noted on the one that is there stays. */
function inputOf(table: CatalogTable, before?: Table): TableInput {
  const others = Object.entries(before?.Parameters ?? {}).filter(([name]) => !OWN_PARAMETERS.includes(name));
  return {
    Name: table.name,
    Description: table.description,
    TableType: 'EXTERNAL_TABLE',
    StorageDescriptor: { Columns: table.columns.map(({ name, type }) => ({ Name: name, Type: type })) },
    PartitionKeys: [],
    Parameters: { ...Object.fromEntries(others), ...table.parameters },
  };
}

function differs(there: Table, wanted: TableInput): boolean {
  return contentOf(there) !== contentOf(wanted);
}

/** What of a table is the hub's, as one text. */
function contentOf({ Description, StorageDescriptor, Parameters = {} }: Table | TableInput): string {
  const columns = (StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => [Name, Type]);
  return JSON.stringify([Description, columns, OWN_PARAMETERS.map((name) => Parameters[name] ?? null)]);
}

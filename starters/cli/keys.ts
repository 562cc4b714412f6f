import type { Command } from 'commander';
import type { z } from 'zod';
import { permissionsOf } from '../../core/access/permissions';
import { permission, role as roleSchema, rowScope, type ApiKey, type Permission } from '../../schemas/access';
import { duration } from '../../schemas/duration';
import { loadHub } from '../../adapters/local/hub-folder';
import { openKeys } from '../../workers/hub-access';
import type { ApiKeys } from '../../adapters/files/access/api-keys';
import { printJson, withHubOption } from './connection';
import { UsageError } from './usage-error';

interface KeyOptions {
  readonly hub: string;
}

interface CreateOptions extends KeyOptions {
  readonly name: string;
  readonly role?: string;
  readonly may: readonly string[];
  readonly rows: readonly string[];
  readonly valid?: string;
}

const collect = (value: string, before: readonly string[]) => [...before, value];

/** `hub key …`: keys by which other systems, and people, ask the API where `api.access.required` is true. */
export function keyCommand(program: Command): void {
  const key = program.command('key').description('keys by which the API is asked');
  withHubOption(key.command('create'))
    .description('make a key; its token is told this once')
    .requiredOption('--name <name>', 'whose it is, as the audit log names it')
    .option('--role <role>', `${roleSchema.options.join(', ')}`)
    .option(
      '--may <permission>',
      `one permission in place of a role, may be repeated: ${permission.options.join(', ')}`,
      collect,
      [],
    )
    .option(
      '--rows <filter=values>',
      'the values it may see of a KPI filter, as region=north,south; may be repeated',
      collect,
      [],
    )
    .option('--valid <duration>', 'how long, such as 90d; for ever by default')
    .action((options: CreateOptions) => withKeys(options, (keys) => create(keys, options)));
  withHubOption(key.command('list'))
    .description('the keys that there are, without their secrets')
    .action((options: KeyOptions) =>
      withKeys(options, async (keys) => printJson({ keys: (await keys.list()).map(shown) })),
    );
  withHubOption(key.command('rotate <id>'))
    .description('give a key another secret')
    .option('--grace <duration>', 'how long the secret before stays good', '24h')
    .action((id: string, options: KeyOptions & { readonly grace: string }) =>
      withKeys(options, async (keys) =>
        printJson({ id, token: await keys.rotate(id, durationOf(options.grace, '--grace')) }),
      ),
    );
  withHubOption(key.command('revoke <id>'))
    .description('have a key be good no more; processes learn of it within seconds')
    .action((id: string, options: KeyOptions) =>
      withKeys(options, async (keys) => {
        await keys.revoke(id);
        printJson({ id, revoked: true });
      }),
    );
}

async function withKeys({ hub }: KeyOptions, work: (keys: ApiKeys) => Promise<void>): Promise<void> {
  const { keys, close } = await openKeys(await loadHub(hub));
  try {
    await work(keys);
  } finally {
    await close();
  }
}

async function create(keys: ApiKeys, { name, role, may, rows, valid }: CreateOptions): Promise<void> {
  const { token, key } = await keys.create({
    name,
    may: permissionsAsked(role, may),
    rows: rowsOf(rows),
    ...(valid === undefined ? {} : { validMs: durationOf(valid, '--valid') }),
  });
  printJson({ ...shown(key), token });
}

function permissionsAsked(role: string | undefined, may: readonly string[]): readonly Permission[] {
  if ((role === undefined) === (may.length === 0)) throw new UsageError('give either --role or --may');
  return role === undefined
    ? may.map((one) => oneOf(permission, one, '--may'))
    : permissionsOf(oneOf(roleSchema, role, '--role'));
}

function oneOf<Options extends z.ZodEnum>(options: Options, text: string, option: string): z.output<Options> {
  const read = options.safeParse(text);
  if (read.success) return read.data;
  throw new UsageError(`${option}: "${text}" is none of ${options.options.join(', ')}`);
}

function rowsOf(filters: readonly string[]): Record<string, string[]> {
  const rows = filters.map((filter) => {
    const [name, values] = filter.split(/=(.*)/s);
    return [name, values?.split(',').filter((value) => value !== '')];
  });
  const read = rowScope.safeParse(Object.fromEntries(rows));
  if (read.success) return read.data;
  throw new UsageError('--rows: expected a filter of KPIs and values, as region=north,south');
}

function durationOf(text: string, option: string): number {
  const read = duration.safeParse(text);
  if (read.success) return read.data;
  throw new UsageError(`${option}: expected a duration such as 24h or 90d`);
}

function shown({ id, name, may, rows, createdAt, expiresAt, secrets }: ApiKey) {
  return { id, name, may, rows, createdAt, ...(expiresAt && { expiresAt }), secrets: secrets.length };
}

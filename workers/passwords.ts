import type { Hub } from '../adapters/local/hub-folder';
import { HubError } from '../core/errors';

/** The engines whose users may have passwords. */
type Guarded = 'trino' | 'postgres' | 'kafka';

/**
 * The password of an engine's user, from the variable that hub.yaml names; undefined where it names none. A variable that is not set
 * is no password that is empty: asking without one would be refused much later, or be let in as somebody else.
 *
 * @throws HubError PASSWORD_MISSING naming field and variable
 */
export function passwordOf(
  engine: Guarded,
  { settings }: Pick<Hub, 'settings'>,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const variable = settings.engines[engine]?.passwordVariable;
  if (variable === undefined) return undefined;
  const password = environment[variable];
  if (password !== undefined && password !== '') return password;
  const field = `engines.${engine}.passwordVariable`;
  const remedy = 'set it and start again, or leave passwordVariable out where no password is asked for';
  throw new HubError(
    'PASSWORD_MISSING',
    `hub.yaml, ${field}: the environment variable ${variable} is not set; ${remedy}`,
    {
      field,
    },
  );
}

import type { LinkageSettings } from '../../schemas/linkage';

/**
 * The settings of a file on how to link; undefined where none is given.
 *
 * @throws HubError CONFIG_INVALID listing every problem
 */
export async function linkageSettingsOf(file: string | undefined): Promise<LinkageSettings | undefined> {
  if (file === undefined) return undefined;
  const [{ readSettings }, { linkageSettings }] = await Promise.all([
    import('../../adapters/local/config-reader'),
    import('../../schemas/linkage'),
  ]);
  return readSettings(file, linkageSettings);
}

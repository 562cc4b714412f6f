import { HubError } from '../../core/errors';
import { attributeNamesSql } from '../../core/frequency/attributes-sql';
import { didYouMean } from '../../core/text/closest-name';
import type { Lake, ReadOptions } from '../../ports/lake';

/**
 * An attribute that nobody has is a slip of the pen rather than an empty segment.
 *
 * @param at the field that names the attributes
 * @throws HubError ATTRIBUTE_UNKNOWN
 */
export async function refuseUnknownAttributes(
  lake: Lake,
  names: readonly string[],
  at: string,
  read: ReadOptions,
): Promise<void> {
  const known = (await lake.rows<{ name: string }>(attributeNamesSql(lake.dialect), read)).map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const field = `${at}.attributes.${unknown}`;
  throw new HubError('ATTRIBUTE_UNKNOWN', `${field}: no customer has this attribute${didYouMean(unknown, known)}`, {
    field,
  });
}

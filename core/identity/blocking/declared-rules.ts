import { HubError } from '../../errors';
import { didYouMean } from '../../text/closest-name';
import { groupEqual, pairsWithin } from '../records/equal-groups';
import { named, type BlockingRule } from './blocking-rules';
import type { BlockingKey, RecordTable } from '../records/record-table';

/**
 * Blocking rules as settings declare them, with their pairs counted before any is looked at.
 *
 * @param blocking by rule, the names of its keys: a column, or a column with one of the coarser keys of its kind, as
 *   `surname (first 3 letters)`
 * @throws HubError BLOCKING_KEY_UNKNOWN; TOO_MANY_PAIRS, naming the rule and its number
 */
export function declaredRules(
  table: RecordTable,
  blocking: readonly (readonly string[])[],
  maxPairs: number,
): BlockingRule[] {
  return blocking.map((names, index) => {
    const field = `settings.blocking.${index}`;
    const keys = names.map((name, place) => keyOf(table, name, `${field}.${place}`));
    const rule = named(keys, table.records);
    const pairs = pairsWithin(groupEqual(rule.values));
    if (pairs > maxPairs) {
      const message = `${field}: "${rule.name}" would compare ${pairs} pairs, and settings.maxPairs allows ${maxPairs}; add a key to the rule, or allow more`;
      throw new HubError('TOO_MANY_PAIRS', message, { field });
    }
    return { ...rule, keys, pairs };
  });
}

function keyOf({ keys }: RecordTable, wanted: string, field: string): BlockingKey {
  const key = keys.find(({ name }) => name === wanted);
  if (key !== undefined) return key;
  const names = keys.map(({ name }) => name);
  const message = `${field}: there is no key "${wanted}"${didYouMean(wanted, names)}; there are ${names.join(', ')}`;
  throw new HubError('BLOCKING_KEY_UNKNOWN', message, { field });
}

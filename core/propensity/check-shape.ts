import { HubError } from '../errors';
import type { FeatureColumn, LabelledTable } from './feature-table';

/**
 * Refuses a table whose columns are not one value a row, as what is not there would be taken for missing; and names that two
 * columns have, since a model asks features by name.
 *
 * @throws HubError TABLE_INVALID naming the column
 */
export function checkShape({ rows, labels, groups, features }: LabelledTable): void {
  const wantRows = (name: string, { length }: ArrayLike<number>) => {
    if (length !== rows) refuse(name, `it has ${length} values, and the table ${rows} rows`);
  };
  wantRows('labels', labels);
  if (groups !== undefined) {
    wantRows('groups', groups);
    if (groups.every((group) => group === groups[0]))
      refuse('groups', 'all rows are of one group: none are left to test with');
  }
  const names = new Set<string>();
  for (const feature of features) {
    wantRows(feature.name, feature.kind === 'number' ? feature.values : feature.codes);
    if (names.has(feature.name)) refuse(feature.name, 'two features have this name');
    names.add(feature.name);
    checkCodes(feature);
  }
}

function checkCodes(feature: FeatureColumn): void {
  if (feature.kind === 'number') return;
  const { name, codes, categories } = feature;
  const strange = codes.find((code) => code < -1 || code >= categories.length);
  if (strange !== undefined)
    refuse(name, `code ${strange} is none of its ${categories.length} categories, nor -1 for missing`);
}

function refuse(column: string, message: string): never {
  throw new HubError('TABLE_INVALID', `${column}: ${message}`, { field: column });
}

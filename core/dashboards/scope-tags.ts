/** Between the values of one tag; QuickSight is told the same (`TagMultiValueDelimiter`). */
const DELIMITER = '|';

/** What a viewer may see as session tags, by which engines of dashboards hold rows back. */
export function tagsOfScope(scope: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(scope).map(([name, values]) => [name, values.join(DELIMITER)]));
}

export function scopeOfTags(tags: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(tags).map(([name, values]) => [name, values.split(DELIMITER)]));
}

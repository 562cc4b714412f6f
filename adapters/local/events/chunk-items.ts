/** A numeric column as the typed array DuckDB filled. The typings hide it; its values one by one are far slower. */
export function itemsOf<T>(vector: unknown, type: new (length: number) => T): T {
  const items = (vector as { items?: unknown }).items;
  if (!(items instanceof type)) throw new TypeError(`expected a vector of ${type.name} from DuckDB`);
  return items;
}

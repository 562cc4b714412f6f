/** A table as data, so that whoever creates it (the CDK app, tests) creates the same. Billed by request. */
export interface TableDefinition {
  readonly name: string;
  /** The attributes that are keys of the table or an index, with DynamoDB's types. */
  readonly attributes: Readonly<Record<string, 'S' | 'N'>>;
  readonly key: TableKey;
  readonly indexes: readonly (TableKey & { readonly name: string; readonly projection: 'KEYS_ONLY' })[];
  /** Items are removed some time after the epoch second in this attribute. */
  readonly timeToLive: string;
}

export interface TableKey {
  readonly partition: string;
  readonly sort: string;
}

/** The index of looks by when they are due, the earliest first, in shards. */
export const DUE_INDEX = 'due';

/** One partition takes a thousand writes a second; looks are spread over so many. More may be added, none taken away. */
export const DUE_SHARDS = 8;

/** Until when an item is of use, in epoch seconds. */
export const EXPIRES_AT = 'expiresAt';

/**
 * The tables of the trigger store.
 *
 * One table, as all is found by key (`pk`, `sk`):
 * - `trigger#<milestone>`, `<version>`: a stored query and its criteria, `storedAt`
 * - `active`, `active`: which versions are active, and the revision; the one item that an activation turns over
 * - `look#<customer>`, `<milestone>`: `dueAt`, `dueShard`; by these in the index `due`
 * - `awaited`, `<shard>#<milestone>`: how many looks
 * - `fires#<milestone>`, `<minute>`: counts; expire
 * - `told#<milestone's vertex>`, `told`: an attribute for each webhook
 *
 * No index by criteria: whoever fires triggers holds all that are active, and asks for them when the revision is another.
 */
export function triggerTables(prefix: string): readonly [TableDefinition] {
  return [
    {
      name: `${prefix}triggers`,
      attributes: { pk: 'S', sk: 'S', dueShard: 'S', dueAt: 'N' },
      key: { partition: 'pk', sort: 'sk' },
      indexes: [{ name: DUE_INDEX, partition: 'dueShard', sort: 'dueAt', projection: 'KEYS_ONLY' }],
      timeToLive: EXPIRES_AT,
    },
  ];
}

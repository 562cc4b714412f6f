import type { Permission, Role } from '../../schemas/access';

export type { Permission, Role } from '../../schemas/access';

const STRATEGIST: readonly Permission[] = ['answers:read', 'customers:read', 'dashboards:embed', 'models:decide'];
const DATA_ENGINEER: readonly Permission[] = [
  ...(['answers:read', 'customers:read', 'customers:identify', 'identities:assert', 'quarantine:read'] as const),
  ...(['events:post', 'models:decide', 'runs:change'] as const),
];

const OF_ROLES: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['answers:read'],
  strategist: STRATEGIST,
  'data-engineer': DATA_ENGINEER,
  admin: [...new Set([...STRATEGIST, ...DATA_ENGINEER])],
};

/** Values that a caller may see, by dimension; dimensions that are not in it are not limited. */
export type Rows = Readonly<Record<string, readonly string[]>>;

/** Who asks, and what they may. */
export interface Caller {
  /** As the audit log names them. */
  readonly name: string;
  readonly may: ReadonlySet<Permission>;
  readonly rows: Rows;
}

/** Whoever asks where nobody is asked who they are. */
export const ANYBODY: Caller = { name: 'anybody', may: new Set(OF_ROLES.admin), rows: {} };

export function permissionsOf(role: Role): readonly Permission[] {
  return OF_ROLES[role];
}

export function isLimited({ rows }: Pick<Caller, 'rows'>): boolean {
  return Object.keys(rows).length > 0;
}

/**
 * What of a scope lies within rows: where only one of them names a dimension, that one's values; undefined where they have no value of
 * a dimension in common.
 */
export function scopeWithin(scope: Rows, rows: Rows): Record<string, string[]> | undefined {
  const within: Record<string, string[]> = {};
  for (const dimension of new Set([...Object.keys(scope), ...Object.keys(rows)])) {
    const allowed = rows[dimension];
    const asked = scope[dimension] ?? allowed!;
    within[dimension] = allowed === undefined ? [...asked] : asked.filter((value) => allowed.includes(value));
    if (within[dimension].length === 0) return undefined;
  }
  return within;
}

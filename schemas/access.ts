import { z } from 'zod';

/** What a caller of the API may be let do. */
export const permission = z.enum([
  /** Counts, shares, KPIs, models: nothing that is of one customer. */
  'answers:read',
  /** Customers one by one, without what tells who they are in life. */
  'customers:read',
  /** Their names, numbers and addresses in the clear. */
  'customers:identify',
  'identities:assert',
  /** Rows of sources as they came. */
  'quarantine:read',
  'dashboards:embed',
  'events:post',
  'models:decide',
  /** Runs, schedules, and what is told again. */
  'runs:change',
]);

export const role = z.enum(['viewer', 'strategist', 'data-engineer', 'admin']);

const values = z.array(z.string().min(1).max(200)).min(1).max(1_000);

/** Values that a caller may see, by dimension of KPIs. */
export const rowScope = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a dimension in snake_case'), values);

/** Tokens of an identity provider that speaks OpenID Connect. */
const oidc = z.strictObject({
  /** As tokens name it, and where `/.well-known/openid-configuration` is. */
  issuer: z.url({ protocol: /^https?$/ }),
  /** Who tokens must be for: one of these, as `aud` has it, or `client_id` where a token has none. */
  audience: z.preprocess((one) => (typeof one === 'string' ? [one] : one), z.array(z.string().min(1)).min(1)),
  /** Of the provider's keys; left out: where its configuration says. */
  jwks: z.url({ protocol: /^https?$/ }).optional(),
  /** The claim that has a caller's groups, and the role of each group; of many, a caller has all. */
  rolesClaim: z.string().min(1).default('roles'),
  roles: z.record(z.string().min(1), role),
  /** Claims that limit what a caller sees, by dimension of KPIs: who has none sees nothing. */
  rows: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.string().min(1)).default({}),
});

/** Who may ask the API. */
export const access = z.strictObject({
  /** Whether callers have to say who they are: by keys (`hub key create`), or tokens of `oidc`. */
  required: z.boolean().default(false),
  oidc: oidc.optional(),
  /** Of one caller; more are told to wait. */
  requestsPerMinute: z.number().int().min(1).default(12_000),
});

/** A key as it is kept: of its secret only a hash. */
export const apiKey = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{12}$/),
  name: z.string().min(1).max(100),
  may: z.array(permission).min(1),
  rows: rowScope,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
  /** SHA-256 of secrets that are good, in hex; one that was rotated until then. */
  secrets: z.array(z.strictObject({ hash: z.string().length(64), until: z.iso.datetime().optional() })).min(1),
});

export type Permission = z.infer<typeof permission>;
export type Role = z.infer<typeof role>;
export type AccessSettings = z.infer<typeof access>;
export type OidcSettings = z.infer<typeof oidc>;
export type ApiKey = z.infer<typeof apiKey>;

import type { ProfileIdentifierPorts } from '../../activities/identify-profiles';
import { HubError } from '../../core/errors';
import { duckDbDialect } from '../../core/sql/duckdb-dialect';
import { identitySchema, type IdentitySettings } from '../../schemas/identity';

/** What tells whose profiles are, where there is no model yet: nobody is asked, and nothing is kept. */
export const withoutIdentities: Omit<ProfileIdentifierPorts, 'graph'> & { readonly identity: IdentitySettings } = {
  profiles: { resolve: () => Promise.reject(new HubError('MODEL_MISSING', 'there is no model in this test')) },
  lake: {
    dialect: duckDbDialect,
    rows: () => Promise.resolve([]),
    commit: () => Promise.reject(new Error('nothing is kept in this test')),
  },
  identity: identitySchema.parse({ rules: [{ name: 'email', match: ['email'] }] }),
};

import { join } from 'node:path';
import { ApiKeys } from '../adapters/files/access/api-keys';
import { ChainedAuditLog } from '../adapters/files/audit/chained-audit-log';
import { FolderChains, ObjectChains } from '../adapters/files/audit/chain-stores';
import type { Hub } from '../adapters/local/hub-folder';
import { OidcTokens } from '../adapters/oidc/oidc-tokens';
import type { Caller } from '../core/access/permissions';
import { HubError } from '../core/errors';
import type { AuditLog } from '../ports/audit-log';
import { openHubObjects } from './shared-objects';

/** How long entries are gathered where each write is an object. */
const GATHER_MS = 50;

/** The keys of a hub, which all its processes share. */
export async function openKeys(hub: Hub): Promise<{ readonly keys: ApiKeys; close(): Promise<void> }> {
  const objects = await openHubObjects(hub);
  return { keys: new ApiKeys(objects), close: () => objects.close() };
}

/** Who saw or changed what, for a process that serves, or one that looks. */
export async function openAuditLog(hub: Hub): Promise<AuditLog> {
  if (hub.settings.room === 'local') return new ChainedAuditLog(new FolderChains(join(hub.dataFolder, 'audit')));
  return new ChainedAuditLog(new ObjectChains(await openHubObjects(hub), 'audit/'), GATHER_MS);
}

/** What is between callers and a process of the API: keys, tokens of the identity provider that hub.yaml names, and the audit log. */
export async function openGuard(hub: Hub) {
  const { requestsPerMinute, oidc } = hub.settings.api.access;
  const { keys, close } = await openKeys(hub);
  const audit = await openAuditLog(hub);
  const gate = gateOf(keys, oidc === undefined ? undefined : new OidcTokens(oidc));
  return {
    guard: { gate, audit, requestsPerMinute },
    close: async () => {
      await Promise.all([close(), audit.close()]);
    },
  };
}

function gateOf(keys: ApiKeys, tokens: OidcTokens | undefined): { callerOf(token: string): Promise<Caller> } {
  return {
    callerOf: async (token) => {
      const caller = (await keys.callerOf(token)) ?? (await tokens?.callerOf(token));
      if (caller !== undefined) return caller;
      throw new HubError('ACCESS_TOKEN_INVALID', 'this is no key of this hub, and hub.yaml names no identity provider');
    },
  };
}

import type { Client } from '@temporalio/client';

/** Where the Temporal UI shows a workflow or a schedule; nothing where the hub knows no UI. */
export function temporalPage(
  client: Client,
  uiUrl: string,
  kind: 'workflows' | 'schedules',
  id: string,
): { readonly url?: string } {
  if (uiUrl === '') return {};
  const namespace = encodeURIComponent(client.options.namespace);
  return { url: `${uiUrl.replace(/\/$/, '')}/namespaces/${namespace}/${kind}/${encodeURIComponent(id)}` };
}

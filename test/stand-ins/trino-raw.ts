import { setTimeout as sleep } from 'node:timers/promises';
import type { TrinoAddress } from '../../adapters/open/trino/trino-session';

export interface RawColumn {
  readonly name: string;
  /** As Athena calls it, e.g. `bigint`, `varchar`, `array`. */
  readonly type: string;
}

export interface RawAnswer {
  readonly columns: readonly RawColumn[];
  /** Every value as the text that Athena makes of it. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly updateCount: number;
}

interface Page {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly typeSignature: { readonly rawType: string } }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly updateCount?: number;
  readonly error?: { readonly errorName: string; readonly message: string };
}

/** What Trino answers, in texts: what is exact in them must not become less so on the way. */
export async function trinoAnswer(
  address: TrinoAddress,
  sql: string,
  signal: AbortSignal,
  attempts = 60,
): Promise<RawAnswer> {
  const headers = {
    'x-trino-user': address.user,
    'x-trino-catalog': address.catalog,
    'x-trino-schema': address.schema,
    'x-trino-time-zone': 'UTC',
    'x-trino-client-capabilities': 'PARAMETRIC_DATETIME',
  };
  const ask = async (url: string, init: RequestInit): Promise<Page> => {
    const response = await fetch(url, { ...init, headers, signal });
    if (!response.ok) throw new Error(`Trino answered ${response.status}`);
    return (await response.json()) as Page;
  };
  let page = await ask(`${address.url}/v1/statement`, { method: 'POST', body: sql });
  let columns: readonly RawColumn[] = [];
  let updateCount: number | undefined;
  const rows: (string | null)[][] = [];
  for (;;) {
    // Athena itself waits for its nodes.
    if (page.error?.errorName === 'NO_NODES_AVAILABLE' && attempts > 1) {
      await sleep(500, undefined, { signal });
      return trinoAnswer(address, sql, signal, attempts - 1);
    }
    if (page.error !== undefined) throw new Error(`${page.error.errorName}: ${page.error.message}`);
    if (page.columns !== undefined) {
      columns = page.columns.map(({ name, typeSignature: { rawType } }) => ({ name, type: rawType }));
    }
    updateCount = page.updateCount ?? updateCount;
    for (const row of page.data ?? []) rows.push(row.map(text));
    if (page.nextUri === undefined) break;
    page = await ask(page.nextUri, {});
  }
  return updateCount === undefined ? { columns, rows, updateCount: 0 } : { columns: [], rows: [], updateCount };
}

function text(value: unknown): string | null {
  if (value === null) return null;
  return Array.isArray(value) ? `[${value.map(text).join(', ')}]` : String(value as string | number | boolean);
}

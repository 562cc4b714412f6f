/** A page of a query's answer, as Trino's client protocol has it. */
interface TrinoPage {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: { readonly message: string };
}

/** Sends queries to Trino over its HTTP protocol. */
export class TrinoSession {
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly url: string,
    { catalog, schema }: { readonly catalog: string; readonly schema: string },
  ) {
    this.headers = { 'X-Trino-User': 'hub', 'X-Trino-Catalog': catalog, 'X-Trino-Schema': schema };
  }

  /** The rows of an answer by column name. Throws with Trino's message and the SQL. */
  async rows(sql: string, signal?: AbortSignal): Promise<Record<string, unknown>[]> {
    const request = { headers: this.headers, ...(signal === undefined ? {} : { signal }) };
    const rows: Record<string, unknown>[] = [];
    let page = await read(`${this.url}/v1/statement`, { ...request, method: 'POST', body: sql });
    for (;;) {
      if (page.error !== undefined) throw new Error(`Trino: ${page.error.message}\n${sql}`);
      const names = (page.columns ?? []).map(({ name }) => name);
      for (const row of page.data ?? []) rows.push(Object.fromEntries(names.map((name, index) => [name, row[index]])));
      if (page.nextUri === undefined) return rows;
      page = await read(page.nextUri, request);
    }
  }
}

async function read(url: string, init: RequestInit): Promise<TrinoPage> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`Trino answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as TrinoPage;
}

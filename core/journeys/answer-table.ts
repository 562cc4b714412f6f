/** The rows of an answer as a table, for those who go on with it in a spreadsheet or a notebook. */
export interface AnswerTable {
  /** Column name to SQL type, in order. */
  readonly columns: Readonly<Record<string, 'VARCHAR' | 'VARCHAR[]' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN'>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

type Columns = AnswerTable['columns'];

/** Which list of an answer is its table, and how a row of it is laid out, by the report's kind. */
const tables: Readonly<Record<string, { readonly list: string; readonly columns: Columns }>> = {
  'journey-frequency': {
    list: 'journeys',
    columns: {
      ...{ steps: 'VARCHAR[]', count: 'BIGINT', share: 'DOUBLE', shareOfAll: 'DOUBLE' },
      ...{ medianMs: 'DOUBLE', p90Ms: 'DOUBLE' },
    },
  },
  'journey-comparison': {
    list: 'journeys',
    columns: {
      ...{ steps: 'VARCHAR[]', 'a.count': 'BIGINT', 'a.share': 'DOUBLE', 'b.count': 'BIGINT', 'b.share': 'DOUBLE' },
      ...{ difference: 'DOUBLE', 'interval.0': 'DOUBLE', 'interval.1': 'DOUBLE', falseDiscoveryRate: 'DOUBLE' },
    },
  },
  'journey-list': { list: 'journeys', columns: { customer: 'VARCHAR', at: 'VARCHAR' } },
  'similar-journeys': {
    list: 'matches',
    columns: { customer: 'VARCHAR', similarity: 'DOUBLE', at: 'VARCHAR', active: 'BOOLEAN', outcome: 'BOOLEAN' },
  },
  'milestone-funnel': {
    list: 'steps',
    columns: { milestone: 'VARCHAR', customers: 'BIGINT', share: 'DOUBLE', conversion: 'DOUBLE', medianMs: 'DOUBLE' },
  },
  'journey-report': {
    list: 'timeline.steps',
    columns: { step: 'VARCHAR', channel: 'VARCHAR', at: 'VARCHAR' },
  },
};

/** The table of an answer to a report of some kind. Columns such as `a.count` are fields within fields. */
export function answerTable(kind: string, answer: object): AnswerTable {
  const table = tables[kind];
  if (table === undefined) throw new TypeError(`answers of "${kind}" have no table`);
  const { list, columns } = table;
  const found = fieldAt(answer, list) as readonly object[];
  const rows = found.map((row) =>
    Object.fromEntries(Object.keys(columns).map((column) => [column, fieldAt(row, column) ?? null])),
  );
  return { columns, rows };
}

function fieldAt(value: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value);
}

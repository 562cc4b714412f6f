import { noRows, type LakeDialect } from '../sql/lake-dialect';

/**
 * The data contracts of the lake: every table with its columns, in order, as portable SQL types.
 * Times are UTC (`TIMESTAMP`), ids are strings made from content.
 */
export const lakeTables = {
  /** The ledger of landed files. `batch` is the landing they came with, as in `profiles` and `events`. */
  files: {
    batch: 'VARCHAR',
    source: 'VARCHAR',
    path: 'VARCHAR',
    fingerprint: 'VARCHAR',
    bytes: 'BIGINT',
    modified_at: 'DOUBLE',
    business_date: 'DATE',
    read_rows: 'BIGINT',
    landed_rows: 'BIGINT',
    duplicate_rows: 'BIGINT',
    quarantined_rows: 'BIGINT',
  },
  /** A person as one source knows them; one row a version, the newest `seen_at` counts. */
  profiles: {
    batch: 'VARCHAR',
    profile_id: 'VARCHAR',
    source: 'VARCHAR',
    external_id: 'VARCHAR',
    given_name: 'VARCHAR',
    family_name: 'VARCHAR',
    birth_date: 'DATE',
    email: 'VARCHAR',
    phone: 'VARCHAR',
    street: 'VARCHAR',
    postcode: 'VARCHAR',
    city: 'VARCHAR',
    account_id: 'VARCHAR',
    attributes: 'VARCHAR',
    content_hash: 'VARCHAR',
    seen_at: 'TIMESTAMP',
    file: 'VARCHAR',
    file_row: 'BIGINT',
  },
  /** A canonical interaction. `event_id` is CloudEvents' `id`; with `source` it is the idempotency key. */
  events: {
    batch: 'VARCHAR',
    event_id: 'VARCHAR',
    source: 'VARCHAR',
    type: 'VARCHAR',
    channel: 'VARCHAR',
    occurred_at: 'TIMESTAMP',
    profile_id: 'VARCHAR',
    attributes: 'VARCHAR',
    file: 'VARCHAR',
    file_row: 'BIGINT',
  },
  /** Rows that broke the contract, as they came, with the reason. Never dropped. */
  quarantine: {
    source: 'VARCHAR',
    file: 'VARCHAR',
    file_row: 'BIGINT',
    reason: 'VARCHAR',
    raw: 'VARCHAR',
    business_date: 'DATE',
  },
  /**
   * What speaks for two profiles being one person, or against it: a manual assertion, a deterministic rule, or the model.
   * `weight` (log2 odds), `levels` (of agreement, by field) and `waterfall` (the weight by comparison, JSON) are the model's,
   * null where there is none.
   */
  identity_edges: {
    profile_a: 'VARCHAR',
    profile_b: 'VARCHAR',
    method: 'VARCHAR',
    rule: 'VARCHAR',
    weight: 'DOUBLE',
    probability: 'DOUBLE',
    levels: 'VARCHAR',
    waterfall: 'VARCHAR',
  },
  /** What somebody said of two profiles, `profile_a` being before `profile_b`: a later row revokes an earlier one. */
  identity_assertions: {
    sequence: 'BIGINT',
    profile_a: 'VARCHAR',
    profile_b: 'VARCHAR',
    kind: 'VARCHAR',
    author: 'VARCHAR',
    reason: 'VARCHAR',
    asserted_at: 'TIMESTAMP',
  },
  /** The resolutions, in their order: what each was made from, and what came of it, as JSON. */
  identity_runs: {
    batch: 'VARCHAR',
    basis: 'VARCHAR',
    business_date: 'DATE',
    outcome: 'VARCHAR',
  },
  /** Every profile that was given to a customer or moved to another, in the order of the runs: what became of it, and why. */
  identity_changes: {
    batch: 'VARCHAR',
    profile_id: 'VARCHAR',
    from_customer: 'VARCHAR',
    to_customer: 'VARCHAR',
    rule: 'VARCHAR',
    business_date: 'DATE',
    kind: 'VARCHAR',
    reason: 'VARCHAR',
  },
  /** The stable customer id of every profile. */
  identities: {
    profile_id: 'VARCHAR',
    customer_id: 'VARCHAR',
    method: 'VARCHAR',
    rule: 'VARCHAR',
    confidence: 'DOUBLE',
    valid_from: 'TIMESTAMP',
  },
  /**
   * Whose profiles are by the real-time resolver, as it answered: what the next resolution decides goes before. `evidence`
   * is JSON.
   */
  identity_answers: {
    profile_id: 'VARCHAR',
    customer_id: 'VARCHAR',
    rule: 'VARCHAR',
    confidence: 'DOUBLE',
    evidence: 'VARCHAR',
    answered_at: 'TIMESTAMP',
  },
  /** The golden record. */
  customers: {
    customer_id: 'VARCHAR',
    given_name: 'VARCHAR',
    family_name: 'VARCHAR',
    birth_date: 'DATE',
    email: 'VARCHAR',
    phone: 'VARCHAR',
    city: 'VARCHAR',
    profiles: 'BIGINT',
    sources: 'VARCHAR',
    first_seen: 'TIMESTAMP',
  },
  /** The alphabet of journey words: the letter (a code from 0) of every step type. */
  steps: { code: 'INTEGER', type: 'VARCHAR' },
  /** A customer's journey as a word: codes of `steps` in time order, with parallel lists; and what made it. */
  journeys: {
    customer_id: 'VARCHAR',
    word: 'USMALLINT[]',
    times: 'BIGINT[]',
    channels: 'VARCHAR[]',
    encoding: 'VARCHAR',
  },
  /**
   * A milestone that a customer reached. `step_times` has, of every step in turn, when its first and its last event was
   * (epoch milliseconds); nulls for a step that was left out.
   */
  milestones: {
    customer_id: 'VARCHAR',
    milestone: 'VARCHAR',
    version: 'VARCHAR',
    reached_at: 'TIMESTAMP',
    step_times: 'BIGINT[]',
  },
  /** The computations of milestones for everybody, in their order: from what, and what came of it. */
  milestone_runs: {
    batch: 'VARCHAR',
    milestone: 'VARCHAR',
    version: 'VARCHAR',
    status: 'VARCHAR',
    basis: 'VARCHAR',
    computed_at: 'TIMESTAMP',
    reached: 'BIGINT',
    customers: 'BIGINT',
  },
  /**
   * What became of trained models, in the order of `sequence`: `status` is of schemas/propensity-training.ts, `about` what came of
   * the training (JSON), in the row that says that it was trained.
   */
  model_runs: {
    sequence: 'BIGINT',
    model: 'VARCHAR',
    version: 'VARCHAR',
    status: 'VARCHAR',
    happened_at: 'TIMESTAMP',
    author: 'VARCHAR',
    reason: 'VARCHAR',
    about: 'VARCHAR',
  },
  /** What models said of customers, a row for each scoring (`run`) and customer; `features` is a digest of how features were made. */
  propensity_scores: {
    run: 'VARCHAR',
    model: 'VARCHAR',
    version: 'VARCHAR',
    features: 'VARCHAR',
    customer_id: 'VARCHAR',
    cut_off: 'TIMESTAMP',
    score: 'DOUBLE',
    class: 'VARCHAR',
  },
  /** The scorings that are whole. */
  propensity_runs: {
    run: 'VARCHAR',
    model: 'VARCHAR',
    version: 'VARCHAR',
    cut_off: 'TIMESTAMP',
    customers: 'BIGINT',
  },
  /** What was found when deployed models were watched, a row for each scoring: `findings` and `about` are JSON. */
  model_watch: {
    run: 'VARCHAR',
    model: 'VARCHAR',
    version: 'VARCHAR',
    cut_off: 'TIMESTAMP',
    findings: 'VARCHAR',
    about: 'VARCHAR',
  },
  /** The batches that the graph holds, and those that are in the journeys. */
  consumed_batches: { consumer: 'VARCHAR', batch: 'VARCHAR' },
  /**
   * What KPIs came to, a row for each day and each combination of a KPI's dimensions: `dimensions` has their values in the order of
   * the KPI's `filters` (JSON). Without a denominator, a value is the numerator.
   */
  kpi_values: { kpi: 'VARCHAR', day: 'DATE', dimensions: 'VARCHAR', numerator: 'DOUBLE', denominator: 'DOUBLE' },
  /** The refreshes of KPIs, the last of each: `from` is included, `to` is not; `definition` is a digest of the KPI's file. */
  kpi_runs: {
    kpi: 'VARCHAR',
    definition: 'VARCHAR',
    refreshed_at: 'TIMESTAMP',
    from_day: 'DATE',
    to_day: 'DATE',
    status: 'VARCHAR',
    reason: 'VARCHAR',
  },
  /** What earlier releases computed of KPIs, a value a business date; kept as it is. */
  kpis: { kpi: 'VARCHAR', business_date: 'DATE', value: 'DOUBLE', unit: 'VARCHAR' },
  /** What ran, on which input, with which result. */
  runs: { workflow_id: 'VARCHAR', workflow: 'VARCHAR', business_date: 'DATE', status: 'VARCHAR', detail: 'VARCHAR' },
} as const;

export type LakeTable = keyof typeof lakeTables;
export const lakeTableNames = Object.keys(lakeTables) as LakeTable[];

/** A query without rows that has a table's columns. */
export function noRowsOf(table: LakeTable, dialect: LakeDialect): string {
  return noRows(lakeTables[table], dialect);
}

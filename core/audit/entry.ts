/** That somebody saw or changed something of customers, or was not let. */
export interface AuditEntry {
  /** ISO time, UTC. */
  readonly at: string;
  readonly caller: string;
  /** The address that the request came from. */
  readonly from: string;
  /** What was done: the method and the route, without what it was asked with. */
  readonly action: string;
  /** What was answered, as HTTP has it. */
  readonly status: number;
  /** The hub's ids of those whose data were in the question or the answer. */
  readonly customers: readonly string[];
  /** How many customers there were beside those that are named. */
  readonly others: number;
}

/** An entry in its chain: with the hash of the one before, and its own, which is of both. */
export interface ChainedEntry extends AuditEntry {
  readonly previous: string;
  readonly hash: string;
}

const MOST_CUSTOMERS = 1_000;
/** Where answers and questions have customers' ids. */
const FIELD = 'customer';

/** The customers that a question or an answer names, wherever in it, each once. */
export function customersIn(...parts: readonly unknown[]): Pick<AuditEntry, 'customers' | 'others'> {
  const found = new Set<string>();
  for (const part of parts) collect(part, found);
  const customers = [...found].sort();
  return { customers: customers.slice(0, MOST_CUSTOMERS), others: Math.max(0, customers.length - MOST_CUSTOMERS) };
}

function collect(node: unknown, into: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    if (name === FIELD && typeof value === 'string') into.add(value);
    else collect(value, into);
  }
}

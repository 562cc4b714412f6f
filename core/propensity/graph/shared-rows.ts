import type { Tie } from '../../features/history';
import { cell } from '../../graph/loader-csv';
import { SHARERS, tieFiles } from './training-configuration';

/** Who has something in common with others. */
export interface SharedRow {
  readonly tie: Tie;
  /** Of what is shared: the same for the same value, and not the value itself. */
  readonly id: string;
  readonly customer: string;
}

/** The text of a file of vertices, and of the edges that lead to them. */
export interface TieTexts {
  readonly nodes: string;
  readonly edges: string;
}

/**
 * What the customers of an export share: a vertex for each address, number or account that at least two of them have, and
 * an edge from each of these.
 *
 * @param rows those of one shared value together
 * @param isThere whether a customer is in the export
 */
export function sharedTexts(
  rows: Iterable<SharedRow>,
  ties: readonly Tie[],
  isThere: (customer: string) => boolean,
): ReadonlyMap<Tie, TieTexts> {
  const found = new Map(ties.map((tie) => [tie, { nodes: [] as string[], edges: [] as string[] }]));
  for (const { tie, id, customers } of groups(rows)) {
    const own = found.get(tie);
    const known = customers.filter(isThere);
    if (own === undefined || known.length < 2) continue;
    const { label, relation } = tieFiles(tie);
    own.nodes.push([id, label, known.length].map(cell).join());
    for (const customer of known) {
      own.edges.push([`${relation}:${customer}:${id}`, relation, customer, id].map(cell).join());
    }
  }
  const text = (header: readonly string[], lines: readonly string[]) => `${[header.join(), ...lines].join('\n')}\n`;
  return new Map(
    [...found].map(([tie, { nodes, edges }]) => [
      tie,
      {
        nodes: text(['~id', '~label', SHARERS], nodes),
        edges: text(['~id', '~label', '~from', '~to'], edges),
      },
    ]),
  );
}

function* groups(rows: Iterable<SharedRow>): Generator<Pick<SharedRow, 'tie' | 'id'> & { customers: string[] }> {
  let group: (Pick<SharedRow, 'tie' | 'id'> & { customers: string[] }) | undefined;
  for (const { tie, id, customer } of rows) {
    if (group?.id === id) group.customers.push(customer);
    else {
      if (group !== undefined) yield group;
      group = { tie, id, customers: [customer] };
    }
  }
  if (group !== undefined) yield group;
}

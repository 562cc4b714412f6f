import { attributeValue } from '../../../core/graph/attribute-value';
import type { GraphChange } from '../../../core/graph/elements';
import type { ArbitraryCustomer } from './arbitrary';

/** Customers with their profiles, as changes of the graph. */
export function customersOf(customers: readonly ArbitraryCustomer[]): GraphChange[] {
  return customers.flatMap(({ segments }, customer): GraphChange[] => [
    { kind: 'vertex', id: `c${customer}`, label: 'Customer', properties: {} },
    ...segments.flatMap((segment, profile): GraphChange[] => {
      const id = `c${customer}p${profile}`;
      return [
        { kind: 'vertex', id, label: 'Profile', properties: segment === undefined ? {} : { segment } },
        { kind: 'edge', id: `identified:${id}`, label: 'IDENTIFIED_AS', from: id, to: `c${customer}`, properties: {} },
      ];
    }),
  ]);
}

/** An event of a customer, as changes of the graph. */
export function eventChanges(
  customer: number,
  { id, type, channel, at, attributes, profile }: ArbitraryCustomer['events'][number],
): GraphChange[] {
  const vertex = `s/c${customer}${id}`;
  const own = Object.entries(attributes).map(([name, text]) => [name, attributeValue(text)]);
  const properties = { ...(Object.fromEntries(own) as object), type, channel, ts: BigInt(at) };
  const edge = { id: `performed:${vertex}`, from: `c${customer}p${profile}`, to: vertex, properties: {} };
  return [
    { kind: 'vertex', id: vertex, label: 'Event', properties },
    { kind: 'edge', label: 'PERFORMED', ...edge },
  ];
}

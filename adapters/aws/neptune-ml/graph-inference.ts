import type { process as gremlin } from 'gremlin';
import type { Traversals } from '../../gremlin/server-connection';
import type { NeptuneSession } from '../neptune/neptune-session';

/** What is asked at an endpoint. */
export interface AskedEndpoint {
  readonly endpoint: string;
  /** The property that is predicted. */
  readonly target: string;
  /** Those that it may have; none where it is a number. */
  readonly classes?: readonly string[];
}

/** One value that is told of a customer: of a classification a class, or the probability of the one before it. */
type ToldValue = ReadonlyMap<
  'customer' | 'said',
  { readonly id: string; readonly label: string; readonly value: unknown }
>;

const CUSTOMERS_OF_A_QUERY = 100;
const SCORE = 'Neptune#ml.score';

/** Asks endpoints of Neptune ML by Gremlin, as Neptune's user guide has it ("Gremlin inference queries in Neptune ML"). */
export class GraphInference {
  constructor(
    private readonly session: Pick<NeptuneSession, 'query'>,
    private readonly roleArn: string,
  ) {}

  /**
   * What an endpoint says of customers: a probability for each class, or a number each, row by row; NaN for whom it does not
   * know. Throws as `NeptuneSession.query` does.
   */
  async ask(asked: AskedEndpoint, customers: readonly string[], signal?: AbortSignal): Promise<Float32Array> {
    const width = asked.classes?.length ?? 1;
    const outputs = new Float32Array(customers.length * width).fill(Number.NaN);
    for (let from = 0; from < customers.length; from += CUSTOMERS_OF_A_QUERY) {
      const batch = customers.slice(from, from + CUSTOMERS_OF_A_QUERY);
      const told = await this.session.query<ToldValue>((g) => this.traversal(g, asked, batch), { signal });
      const rowOf = new Map(batch.map((customer, index) => [customer, from + index]));
      fill(outputs, told, asked, (customer) => rowOf.get(customer)! * width);
    }
    return outputs;
  }

  private traversal(g: Traversals, { endpoint, target, classes }: AskedEndpoint, customers: readonly string[]) {
    const source = g.with_('Neptune#ml.endpoint', endpoint).with_('Neptune#ml.iamRoleArn', this.roleArn);
    const said =
      classes === undefined
        ? source
            .V(...customers)
            .as('customer')
            .properties(target)
            .with_('Neptune#ml.regression')
        : source
            .with_('Neptune#ml.limit', classes.length)
            .V(...customers)
            .as('customer')
            .properties(target, SCORE)
            .with_('Neptune#ml.classification');
    return (said as gremlin.GraphTraversal).as('said').select('customer', 'said');
  }
}

function fill(
  outputs: Float32Array,
  told: readonly ToldValue[],
  { classes }: AskedEndpoint,
  placeOf: (customer: string) => number,
): void {
  const classOf = new Map<string, string>();
  for (const row of told) {
    const { id } = row.get('customer')!;
    const { label, value } = row.get('said')!;
    if (classes === undefined) outputs[placeOf(id)] = Number(value);
    else if (label !== SCORE) classOf.set(id, String(value));
    else {
      const place = placeOf(id);
      // Of the classes that are not told, nothing is left.
      if (Number.isNaN(outputs[place])) outputs.fill(0, place, place + classes.length);
      const own = classes.indexOf(classOf.get(id)!);
      if (own >= 0) outputs[place + own] = Number(value);
    }
  }
}

import fc from 'fast-check';
import type { MilestoneSpec } from '../../../schemas/milestone';
import { CHANNELS, SEGMENTS, TYPES, milestoneCase, type ArbitraryCustomer, type MilestoneCase } from './arbitrary';

/** Texts that mean something to a language on the way: Gremlin, Groovy, SQL, JSON, GraphSON, this hub's own forms. */
const SNIPPETS = [
  `'); g.V().drop(); //`,
  `").drop().V("`,
  '__.V().drop()',
  '${g.V().drop().iterate()}',
  '#{1+1}',
  '$customer',
  'T.id',
  'P.neq("x")',
  '{"@type":"g:P","@value":{"predicate":"neq","value":"x"}}',
  '{"traversal":[["drop"]]}',
  '{"parameter":"customer"}',
  `'; DROP TABLE happened; --`,
  `' OR '1'='1`,
  `" UNION SELECT 1 --`,
  '$$x$$',
  `\\'`,
  '\\u0027',
  '\\',
  '%',
  '_',
  '/* x */',
  'null',
  'true',
  '__proto__',
  'constructor',
  '1e5',
  '0x10',
  'NaN',
  ' 5',
  '٥',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u200b',
  '\u202e',
  'e\u0301',
  '\u{1f642}',
];

const hostile: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ unit: 'binary', maxLength: 6 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text.length > 0 && !text.startsWith('milestone:'));

const OWN_TEXTS = [...TYPES, ...CHANNELS, ...SEGMENTS, 'lead', 'x', "it's"];

export interface HostileCase extends MilestoneCase {
  readonly types: readonly string[];
}

/** Any milestone and journeys, in which every text that a person or a source system gives is a hostile one. */
export const hostileCase: fc.Arbitrary<HostileCase> = fc
  .record({
    drawn: milestoneCase,
    names: fc.uniqueArray(hostile, { minLength: OWN_TEXTS.length, maxLength: OWN_TEXTS.length }),
  })
  .map(({ drawn, names }) => {
    const naming = new Map(OWN_TEXTS.map((text, index) => [text, names[index]!]));
    const named = (text: string) => naming.get(text) ?? text;
    return {
      ...drawn,
      types: TYPES.map(named),
      spec: textsOf(drawn.spec, named),
      customers: drawn.customers.map((customer) => renamedCustomer(customer, named)),
    };
  });

type Naming = (text: string) => string;

/** The values of a spec that are texts, named anew wherever they are. */
function textsOf(spec: MilestoneSpec, named: Naming): MilestoneSpec {
  const renamed = JSON.parse(JSON.stringify(spec), (key, value: unknown) =>
    typeof value === 'string' && key !== 'name' ? named(value) : value,
  ) as MilestoneSpec;
  return renamed;
}

function renamedCustomer({ segments, events }: ArbitraryCustomer, named: Naming): ArbitraryCustomer {
  return {
    segments: segments.map((segment) => (segment === undefined ? undefined : named(segment))),
    events: events.map((event) => ({
      ...event,
      id: named(event.id),
      type: named(event.type),
      channel: named(event.channel),
      attributes: Object.fromEntries(Object.entries(event.attributes).map(([name, text]) => [name, named(text)])),
    })),
  };
}

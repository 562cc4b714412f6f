import { process as gremlin, structure } from 'gremlin';
import driver from 'gremlin/lib/structure/io/binary/GraphBinary';
import { messageOf } from '../../core/errors';
import { failureFrame } from './neptune-frames';

/** What an endpoint of Neptune ML is asked, as Neptune's guide has it. */
export interface InferenceQuery {
  readonly endpoint: string;
  readonly role: string;
  readonly ids: readonly string[];
  readonly target: string;
  readonly task: 'classification' | 'regression';
  /** Values that are told of each vertex. */
  readonly limit: number;
}

/** A property that is told of a vertex. */
export interface ToldProperty {
  readonly id: string;
  readonly key: string;
  readonly value: string | number;
}

interface Serializer {
  serialize(value: unknown, fullyQualified?: boolean): Buffer;
  deserialize(
    buffer: Buffer,
    fullyQualified?: boolean,
    nullable?: boolean,
  ): { readonly v: unknown; readonly len: number };
}

interface GraphBinary {
  readonly serializers: Record<number, unknown>;
  readonly DataType: Readonly<Record<string, number>>;
  readonly uuidSerializer: Serializer;
  readonly stringSerializer: Serializer;
  readonly mapSerializer: Serializer;
  readonly anySerializer: Serializer;
  readonly intSerializer: Serializer;
}

type Instruction = readonly [name: string, ...args: unknown[]];

const parts = driver as GraphBinary;
const OK = 200;
const REFUSED = 500;

/** The driver only writes strategies; options of a query are one. */
parts.serializers[parts.DataType['TRAVERSALSTRATEGY']!] = {
  deserialize(buffer: Buffer) {
    const name = parts.stringSerializer.deserialize(buffer.subarray(2), false);
    const configuration = parts.mapSerializer.deserialize(buffer.subarray(2 + name.len), false);
    return { v: configuration.v, len: 2 + name.len + configuration.len };
  },
};

/** Answers a request's frame by what is said of what it asks. */
export function answerTo(frame: Buffer, infer: (query: InferenceQuery) => readonly ToldProperty[]): Buffer {
  let rest = frame.subarray(1 + frame[0]! + 1);
  const next = (serializer: Serializer) => {
    const { v, len } = serializer.deserialize(rest, false);
    rest = rest.subarray(len);
    return v;
  };
  const requestId = next(parts.uuidSerializer) as string;
  next(parts.stringSerializer);
  next(parts.stringSerializer);
  const args = next(parts.mapSerializer) as ReadonlyMap<string, gremlin.Bytecode>;
  try {
    return answerFrame(requestId, infer(queryOf(args.get('gremlin')!)));
  } catch (error) {
    return failureFrame(requestId.replaceAll('-', ''), REFUSED, `InvalidParameterException: ${messageOf(error)}`);
  }
}

function queryOf(bytecode: gremlin.Bytecode): InferenceQuery {
  const { sourceInstructions, stepInstructions } = bytecode as unknown as Record<string, readonly Instruction[]>;
  const options = sourceInstructions!.find(([name]) => name === 'withStrategies')![1] as ReadonlyMap<string, unknown>;
  const [start, customer, properties, how, said, select, ...more] = stepInstructions!;
  const names = [start, customer, properties, how, said, select].map((step) => step?.[0]).join(' ');
  if (names !== 'V as properties with as select' || more.length > 0) throw new Error(`no inference query: ${names}`);
  const task = String(how![1]).replace('Neptune#ml.', '') as InferenceQuery['task'];
  const [, target, ...others] = properties!;
  const wanted = task === 'classification' ? ['Neptune#ml.score'] : [];
  if (others.join() !== wanted.join()) throw new Error(`${task} of ${others.join()}`);
  return {
    endpoint: String(options.get('Neptune#ml.endpoint')),
    role: String(options.get('Neptune#ml.iamRoleArn')),
    ids: start!.slice(1).map(String),
    target: String(target),
    task,
    limit: Number(options.get('Neptune#ml.limit') ?? 1),
  };
}

function answerFrame(requestId: string, told: readonly ToldProperty[]): Buffer {
  const { Vertex, VertexProperty } = structure;
  const rows = told.map(
    ({ id, key, value }, index) =>
      new Map<string, unknown>([
        ['customer', new Vertex(id as never, 'Customer', undefined)],
        ['said', new VertexProperty(index, key, value, undefined)],
      ]),
  );
  const traversers = rows.map((row) => new gremlin.Traverser(row, 1));
  return Buffer.concat([
    Buffer.from([0x81]),
    Buffer.from([0x00]),
    parts.uuidSerializer.serialize(requestId, false),
    parts.intSerializer.serialize(OK, false),
    Buffer.from([0x01]),
    parts.mapSerializer.serialize(new Map(), false),
    parts.mapSerializer.serialize(new Map(), false),
    parts.anySerializer.serialize(traversers),
  ]);
}

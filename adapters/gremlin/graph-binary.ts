import type { Buffer } from 'node:buffer';
import driver from 'gremlin/lib/structure/io/binary/GraphBinary';
import type { PropertyValue } from '../../core/graph/elements';

/** A property value that is a Double on the server, whole numbers included. */
export class Double {
  constructor(readonly value: number) {}
}

/** A property's value as the driver is to send it: every number of ours is a Double. */
export function wireValue(value: PropertyValue): unknown {
  return typeof value === 'number' ? new Double(value) : value;
}

interface Serializer {
  canBeUsedFor(value: unknown): boolean;
  serialize(value: unknown, fullyQualified?: boolean): Buffer;
}

interface GraphBinary {
  serializers: Record<number, Serializer>;
  anySerializer: { serializers: Serializer[] };
  longSerializer: Serializer;
  longSerializerNg: Serializer;
  doubleSerializer: Serializer;
  graphBinaryReader: unknown;
  graphBinaryWriter: unknown;
  DataType: Record<string, number>;
}

/**
 * The driver's GraphBinary with exact number types: `bigint` is a Long in both directions (the driver writes BigInteger
 * and reads `number`) and `Double` a Double (the driver writes whole numbers as Int). It is a copy, so that other users
 * of the driver in this process see the driver's own behaviour.
 */
export function exactGraphBinary(): { reader: unknown; writer: unknown } {
  const own = copyOf(driver as unknown as GraphBinary);
  own.serializers[own.DataType.LONG!] = own.longSerializerNg;
  own.anySerializer.serializers.unshift(
    {
      canBeUsedFor: (value) => typeof value === 'bigint',
      serialize: (value, full) => own.longSerializer.serialize(value, full),
    },
    {
      canBeUsedFor: (value) => value instanceof Double,
      serialize: (value, full) => own.doubleSerializer.serialize((value as Double).value, full),
    },
  );
  return { reader: own.graphBinaryReader, writer: own.graphBinaryWriter };
}

/** The driver's parts find one another through the container they were made with: each copy gets the new container. */
function copyOf(original: GraphBinary): GraphBinary {
  const copies = new Map<unknown, unknown>();
  const own: Record<string, unknown> = {};
  const copy = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null || !('ioc' in part)) return part;
    if (!copies.has(part)) {
      copies.set(
        part,
        Object.assign(Object.create(Object.getPrototypeOf(part) as object) as object, part, { ioc: own }),
      );
    }
    return copies.get(part);
  };
  for (const [name, part] of Object.entries(original)) own[name] = copy(part);
  const container = own as unknown as GraphBinary;
  container.serializers = Object.fromEntries(
    Object.entries(original.serializers).map(([code, part]) => [code, copy(part)]),
  ) as Record<number, Serializer>;
  container.anySerializer.serializers = original.anySerializer.serializers.map((part) => copy(part) as Serializer);
  return container;
}

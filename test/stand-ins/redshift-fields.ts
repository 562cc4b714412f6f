import { types, type FieldDef } from 'pg';

const NAMES: Readonly<Record<number, string>> = {
  [types.builtins.BOOL]: 'bool',
  [types.builtins.INT2]: 'int2',
  [types.builtins.INT4]: 'int4',
  [types.builtins.INT8]: 'int8',
  [types.builtins.FLOAT4]: 'float4',
  [types.builtins.FLOAT8]: 'float8',
  [types.builtins.NUMERIC]: 'numeric',
  [types.builtins.DATE]: 'date',
  [types.builtins.TIMESTAMP]: 'timestamp',
};

/** A column as the Data API describes it. */
export function columnOf({ name, dataTypeID: type }: FieldDef): Record<string, unknown> {
  return { name, label: name, typeName: NAMES[type] ?? 'varchar', nullable: 1 };
}

/** A value as the Data API tells it. */
export function fieldOf({ dataTypeID: type }: FieldDef, text: string | null): Record<string, unknown> {
  if (text === null) return { isNull: true };
  const name = NAMES[type] ?? '';
  if (name.startsWith('int')) return { longValue: Number(text) };
  if (name.startsWith('float')) return { doubleValue: Number(text) };
  if (name === 'bool') return { booleanValue: text === 't' };
  return { stringValue: text };
}

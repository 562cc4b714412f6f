import type { DeterministicRule, LinkageField, LinkageSettings } from '../../../schemas/linkage';
import { GONE, type RecordIndex } from './record-index';
import { SlotLookup } from './slot-lookup';

/** Records that a rule finds, and what it is called. */
export interface RuleMatch {
  readonly rule: string;
  readonly slots: readonly number[];
}

/** A value held by more records than this is nobody's own. */
const MOST_RECORDS = 50;

/** The rules of the settings, or those that suit their fields: what is one person's alone, and names with a date. */
export function deterministicRules({ fields, deterministic }: LinkageSettings): readonly DeterministicRule[] {
  if (deterministic !== undefined) return deterministic;
  const own = fields.filter(({ kind, role }) => role === 'personal' && (kind === 'email' || kind === 'code'));
  const rules = own.map(({ column }) => ({ name: column, match: [column], maxRecords: MOST_RECORDS }));
  const isOf = (...kinds: LinkageField['kind'][]) => fields.filter(({ kind }) => kinds.includes(kind));
  const [names, dates] = [isOf('name', 'fullname'), isOf('date')];
  if (names.length === 0 || dates.length === 0) return rules;
  const match = [...names, ...dates].map(({ column }) => column);
  return [...rules, { name: match.join(' + '), match, maxRecords: MOST_RECORDS }];
}

/** Finds the records that are equal to another in all that a rule names, by the first rule that finds any. */
export class DeterministicResolver {
  private readonly lookups = new Map<number, SlotLookup>();
  private readonly rules: readonly { readonly rule: DeterministicRule; readonly fields: readonly number[] }[];

  constructor(
    private readonly index: RecordIndex,
    settings: LinkageSettings,
  ) {
    const placeOf = (column: string) => settings.fields.findIndex((field) => field.column === column);
    this.rules = deterministicRules(settings).map((rule) => ({ rule, fields: rule.match.map(placeOf) }));
    for (const field of this.rules.flatMap(({ fields }) => fields)) {
      if (this.lookups.has(field)) continue;
      this.lookups.set(field, new SlotLookup(this.valuesOf(field).subarray(0, index.slots)));
    }
  }

  get hasRules(): boolean {
    return this.rules.length > 0;
  }

  /** @param slot one beyond those of the index */
  find(slot: number): RuleMatch | undefined {
    for (const { rule, fields } of this.rules) {
      const [first, ...others] = fields
        .map((field) => this.lookups.get(field)!.find(this.valuesOf(field)[slot] as number))
        .sort((a, b) => a.length - b.length);
      if (first === undefined || first.length === 0 || others.some(({ length }) => length === 0)) continue;
      const slots = first.filter((other) => this.index.groups[other] !== GONE && this.isEqual(fields, other, slot));
      if (slots.length > 0 && slots.length <= rule.maxRecords) return { rule: rule.name, slots };
    }
    return undefined;
  }

  /** Hashes may be equal by chance; with the texts they are not. */
  private isEqual(fields: readonly number[], a: number, b: number): boolean {
    const { bytes, stride, layout } = this.index.compared.table;
    return fields.every((field) => {
      const values = this.valuesOf(field);
      if (values[a] === 0 || values[a] !== values[b]) return false;
      const { text, width } = layout[field]!;
      for (let at = text; width > 0 && at <= text + width; at++) {
        if (bytes[a * stride + at] !== bytes[b * stride + at]) return false;
      }
      return true;
    });
  }

  private valuesOf(field: number): Uint32Array {
    return this.index.compared.table.keys.find((key) => key.field === field && !key.isCoarse)!.values;
  }
}

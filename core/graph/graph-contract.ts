import { identityFields } from '../identity/records/fields';
import type { EdgeLabel, VertexLabel } from './elements';

/** Types of property values: `Long` is a `bigint`, `Double` a `number`. */
export type PropertyType = 'String' | 'Long' | 'Double' | 'Boolean';

export interface PropertyContract {
  readonly type: PropertyType;
  /** Whether every element of the label has it. */
  readonly isRequired: boolean;
}

export type PropertyContracts = Readonly<Record<string, PropertyContract>>;

/** Vertices have properties beside these: what sources tell, what milestones take from their steps, what models say of customers. */
export interface VertexContract {
  readonly properties: PropertyContracts;
}

export interface EdgeContract {
  readonly properties: PropertyContracts;
  readonly from: readonly VertexLabel[];
  readonly to: readonly VertexLabel[];
}

const required = (type: PropertyType): PropertyContract => ({ type, isRequired: true });
const optional = (type: PropertyType): PropertyContract => ({ type, isRequired: false });

/** What happened, and when in epoch milliseconds: of events, and of milestones, which are steps of others as events are. */
const happened = { type: required('String'), channel: required('String'), ts: required('Long') };

/** What the customer journey graph has, as data. What the hub writes is held to it by tests. */
export const graphContract: {
  readonly vertices: Readonly<Record<VertexLabel, VertexContract>>;
  readonly edges: Readonly<Record<EdgeLabel, EdgeContract>>;
} = {
  vertices: {
    Profile: {
      properties: {
        source: required('String'),
        first_seen: required('Long'),
        ...Object.fromEntries(identityFields.map((field) => [field, optional('String')])),
      },
    },
    Event: { properties: { ...happened, source: required('String') } },
    Customer: { properties: {} },
    Milestone: {
      properties: { ...happened, name: required('String'), version: required('String'), content: required('String') },
    },
  },
  edges: {
    PERFORMED: { properties: {}, from: ['Profile'], to: ['Event'] },
    IDENTIFIED_AS: {
      properties: { method: required('String'), rule: required('String'), confidence: required('Double') },
      from: ['Profile'],
      to: ['Customer'],
    },
    REACHED: { properties: {}, from: ['Customer'], to: ['Milestone'] },
    EVIDENCED_BY: { properties: { step: required('String') }, from: ['Milestone'], to: ['Event', 'Milestone'] },
  },
};

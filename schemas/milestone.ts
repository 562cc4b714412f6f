import { z } from 'zod';
import { duration } from './duration';
import { webhookName } from './webhook';

const kebab = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected kebab-case');
const attributeName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected snake_case');

/** Compared by value: what looks like a number is one. Bounds hold for numbers alone. */
const attributeCondition = z
  .strictObject({
    in: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .max(1000)
      .optional(),
    notIn: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .max(1000)
      .optional(),
    gt: z.number().optional(),
    gte: z.number().optional(),
    lt: z.number().optional(),
    lte: z.number().optional(),
  })
  .refine((condition) => Object.keys(condition).length > 0, 'expected one of in, notIn, gt, gte, lt, lte');

/** Which events are meant: of one of these types, and with all of the conditions. */
const eventPattern = z.strictObject({
  /** Step types, or `milestone:NAME` for a milestone that was reached. */
  events: z.array(z.string().min(1)).min(1).max(1000),
  /** On one of these channels; empty: on any. */
  channels: z.array(z.string().min(1)).max(100).default([]),
  /** An event without the attribute does not fit. */
  attributes: z.record(attributeName, attributeCondition).default({}),
});

const milestoneStep = eventPattern.extend({
  name: kebab,
  /** May be left out of the journey; the first and the last step may not. */
  optional: z.boolean().default(false),
  /** So many of these events, the last no later after the first than `within`. */
  atLeast: z.strictObject({ count: z.number().int().min(2).max(100), within: duration }).optional(),
  /** At most so long after the step before. */
  within: duration.optional(),
});

/** Where a property of the milestone comes from: the last event of a step. */
const milestoneProperty = z
  .strictObject({
    step: kebab,
    attribute: attributeName.optional(),
    take: z.enum(['channel', 'type', 'time']).optional(),
  })
  .refine(
    ({ attribute, take }) => (attribute === undefined) !== (take === undefined),
    'give either attribute or take (channel, type or time)',
  );

/** `milestones/<name>.yaml`: something that customers reach on their journeys. docs/milestones.md tells what it means. */
export const milestoneSpec = z.strictObject({
  name: kebab,
  title: z.string().min(1),
  description: z.string().min(1),
  /** In this order, each later than the one before. */
  steps: z.array(milestoneStep).min(1).max(12),
  /** The last step at most so long after the first. */
  within: duration.optional(),
  /** None of these events before the first step: at any time, or so shortly before it. */
  notBefore: eventPattern.extend({ within: duration.optional() }).optional(),
  /** None of these events so shortly after the last step: reached only when that time has passed. */
  notFollowedBy: eventPattern.extend({ within: duration }).optional(),
  /**
   * What it is computed from for everybody, with the same outcome. The lake's journeys, in SQL: fast, and right where all
   * that happens comes in by the lake. The graph: where it knows more, since profiles or events are written to it by others
   * than the night; everybody's events are read then, some customers at a time, which takes many times as long.
   */
  from: z.enum(['lake', 'graph']).default('lake'),
  /** Not reached again so soon, or `never`; left out: reached as often as its last step is. */
  coolDown: z.union([z.literal('never'), duration]).optional(),
  /** Only customers of whom every attribute has one of the values on one of their profiles. */
  customers: z.record(attributeName, z.array(z.string()).min(1).max(1000)).default({}),
  properties: z.record(attributeName, milestoneProperty).default({}),
  /** Which events wake its stored query; by default all that it names. */
  trigger: z.strictObject({ events: z.array(z.string().min(1)).min(1).max(1000) }).optional(),
  /** Webhooks of `hub.yaml` that are told of every customer who reaches it, and of whom it is taken back from. */
  notify: z.array(webhookName).max(10).default([]),
});

export type EventPattern = z.infer<typeof eventPattern>;
export type AttributeCondition = z.infer<typeof attributeCondition>;
export type MilestoneStep = z.infer<typeof milestoneStep>;
export type MilestoneSpec = z.infer<typeof milestoneSpec>;
export type MilestoneProperty = z.infer<typeof milestoneProperty>;

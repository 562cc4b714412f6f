import type { EventPattern, MilestoneSpec } from '../../schemas/milestone';
import type { Problem } from '../../schemas/issues';
import { didYouMean } from '../text/closest-name';
import { milestonesAmong, milestonesWithin, patternsOf, MILESTONE_PREFIX } from './pattern';

export interface CheckedMilestones {
  /** Those that can be computed, each after the milestones it is made of. */
  readonly milestones: readonly MilestoneSpec[];
  /** By milestone, what is wrong with the others. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
}

/** What the rest of the hub folder declares. */
export interface KnownNames {
  /** Attributes that sources tell of events, and of profiles. */
  readonly events: ReadonlySet<string>;
  readonly profiles: ReadonlySet<string>;
  readonly webhooks: ReadonlySet<string>;
}

/** Properties of the graph's vertices that attributes must not overwrite. */
export const RESERVED_PROPERTIES = ['type', 'channel', 'ts', 'source', 'name', 'version', 'content'] as const;

/**
 * Tells the milestones that can be computed from those that cannot: with windows that nothing fits, with names of
 * nothing, made of one another, or of one that cannot be computed.
 */
export function checkMilestones(specs: readonly MilestoneSpec[], known: KnownNames): CheckedMilestones {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const problems = new Map<string, Problem[]>();
  for (const spec of specs) {
    const own = [
      ...specProblems(spec),
      ...namesProblems(spec, byName),
      ...attributeProblems(spec, known),
      ...notifyProblems(spec, known),
      ...originProblems(spec, byName),
    ];
    if (own.length > 0) problems.set(spec.name, own);
  }
  const milestones: MilestoneSpec[] = [];
  const visit = (spec: MilestoneSpec, path: readonly string[]): void => {
    if (problems.has(spec.name) || milestones.includes(spec)) return;
    const parts = milestonesWithin(spec);
    const loop = [...path, spec.name];
    const back = parts.find((part) => loop.includes(part));
    if (back !== undefined) {
      const message = `milestones must not be made of one another: ${[...loop.slice(loop.indexOf(back)), back].join(' → ')}`;
      problems.set(spec.name, [{ field: 'steps', message }]);
      return;
    }
    for (const part of parts) visit(byName.get(part)!, loop);
    const broken = parts.find((part) => problems.has(part));
    if (broken === undefined) milestones.push(spec);
    else problems.set(spec.name, [{ field: 'steps', message: `is made of milestone "${broken}", which has errors` }]);
  };
  for (const spec of specs) visit(spec, []);
  return { milestones, problems };
}

/** What is wrong with a milestone whatever else there is. */
export function specProblems(spec: MilestoneSpec): Problem[] {
  return [...stepProblems(spec), ...windowProblems(spec), ...conditionProblems(spec), ...propertyProblems(spec)];
}

function stepProblems({ steps }: MilestoneSpec): Problem[] {
  const names = steps.map(({ name }) => name);
  return steps.flatMap(({ name, optional, within }, index) => {
    const at = (field: string, message: string): Problem => ({ field: `steps.${index}.${field}`, message });
    const isEnd = index === 0 || index === steps.length - 1;
    return [
      ...(names.indexOf(name) < index ? [at('name', `expected every name once, found "${name}" again`)] : []),
      ...(optional && isEnd ? [at('optional', 'the first and the last step cannot be optional; leave it out')] : []),
      ...(within !== undefined && index === 0
        ? [
            at(
              'within',
              'the first step has none before it; use atLeast.within for repeated events, or within of the whole',
            ),
          ]
        : []),
    ];
  });
}

/** Windows that are longer than the one around them hold for nothing: one of the two is not what was meant. */
function windowProblems({ steps, within }: MilestoneSpec): Problem[] {
  if (within === undefined) return [];
  return steps.flatMap(({ within: gap, atLeast }, index) => [
    ...(gap !== undefined && gap > within
      ? [{ field: `steps.${index}.within`, message: 'is longer than the whole may take (within); shorten it' }]
      : []),
    ...(atLeast !== undefined && atLeast.within > within
      ? [{ field: `steps.${index}.atLeast.within`, message: 'is longer than the whole may take (within); shorten it' }]
      : []),
    ...(steps.length === 1 && atLeast === undefined
      ? [{ field: 'within', message: 'a single step takes no time; leave it out' }]
      : []),
  ]);
}

/** Conditions that no value fits. */
function conditionProblems(spec: MilestoneSpec): Problem[] {
  return namedPatterns(spec).flatMap(([field, { attributes }]) =>
    Object.entries(attributes).flatMap(([name, { gt, gte, lt, lte }]) => {
      const [least, most] = [Math.max(gt ?? -Infinity, gte ?? -Infinity), Math.min(lt ?? Infinity, lte ?? Infinity)];
      const isOpen = gt === least || lt === most;
      if (least < most || (least === most && !isOpen)) return [];
      return [{ field: `${field}.attributes.${name}`, message: `no number is above ${least} and below ${most}` }];
    }),
  );
}

/** Every pattern of a milestone with the field that has it. */
function namedPatterns({ steps, notBefore, notFollowedBy }: MilestoneSpec): [field: string, pattern: EventPattern][] {
  return [
    ...steps.map((step, index): [string, EventPattern] => [`steps.${index}`, step]),
    ...(notBefore === undefined ? [] : [['notBefore', notBefore] as [string, EventPattern]]),
    ...(notFollowedBy === undefined ? [] : [['notFollowedBy', notFollowedBy] as [string, EventPattern]]),
  ];
}

function propertyProblems({ properties, steps }: MilestoneSpec): Problem[] {
  const names = steps.map(({ name }) => name);
  return Object.entries(properties).flatMap(([property, { step }]) => {
    const at = (field: string, message: string): Problem => ({ field: `properties.${property}${field}`, message });
    return [
      ...(names.includes(step) ? [] : [at('.step', `there is no step "${step}"${didYouMean(step, names)}`)]),
      ...((RESERVED_PROPERTIES as readonly string[]).includes(property)
        ? [at('', `is what the hub itself keeps of a milestone; give it another name`)]
        : []),
    ];
  });
}

function namesProblems(spec: MilestoneSpec, byName: ReadonlyMap<string, MilestoneSpec>): Problem[] {
  const missing = (field: string, names: readonly string[]) =>
    names
      .filter((name) => !byName.has(name))
      .map((name) => ({ field, message: `there is no milestone "${name}"${didYouMean(name, byName.keys())}` }));
  const withAttributes = patternsOf(spec).filter(
    ({ events, attributes }) =>
      Object.keys(attributes).length > 0 && events.some((event) => event.startsWith(MILESTONE_PREFIX)),
  );
  return [
    ...missing('steps', milestonesWithin(spec)),
    ...missing('trigger.events', milestonesAmong(spec.trigger?.events ?? [])),
    ...withAttributes.map(() => ({
      field: 'steps',
      message:
        'a milestone has no attributes to ask for; take milestones and events with attributes into steps of their own',
    })),
  ];
}

function attributeProblems(spec: MilestoneSpec, known: KnownNames): Problem[] {
  const { properties, customers } = spec;
  const named: (readonly [field: string, names: readonly string[]])[] = [
    ...namedPatterns(spec).map(([field, { attributes }]) => [`${field}.attributes`, Object.keys(attributes)] as const),
    ...Object.entries(properties).map(
      ([property, { attribute }]) => [`properties.${property}`, attribute === undefined ? [] : [attribute]] as const,
    ),
  ];
  const unknown = ([field, names]: readonly [string, readonly string[]], of: ReadonlySet<string>, whose: string) =>
    names
      .filter((name) => !of.has(name))
      .map((name) => ({
        field: `${field}.${name}`,
        message: `no source tells this of ${whose}${didYouMean(name, of)}`,
      }));
  return [
    ...named.flatMap((names) => unknown(names, known.events, 'events')),
    ...unknown(['customers', Object.keys(customers)], known.profiles, 'profiles'),
  ];
}

function notifyProblems({ notify }: MilestoneSpec, { webhooks }: KnownNames): Problem[] {
  return notify.flatMap((webhook, index) => {
    const message = `hub.yaml has no webhook "${webhook}"${didYouMean(webhook, webhooks)}`;
    return webhooks.has(webhook) ? [] : [{ field: `notify.${index}`, message }];
  });
}

/** The lake is computed before the graph is read: what is in the lake cannot be made of what is found in the graph. */
function originProblems(spec: MilestoneSpec, byName: ReadonlyMap<string, MilestoneSpec>): Problem[] {
  if (spec.from === 'graph') return [];
  return milestonesWithin(spec)
    .filter((part) => byName.get(part)?.from === 'graph')
    .map((part) => ({
      field: 'from',
      message: `is made of milestone "${part}", which is computed from the graph; write "from: graph" here too, or "from: lake" there`,
    }));
}

/** Step types that a milestone names and the journeys do not have, as problems; milestones aside. */
export function unknownEvents(spec: MilestoneSpec, known: ReadonlySet<string>): Problem[] {
  const named = [
    ...namedPatterns(spec).map(([field, { events }]): [string, readonly string[]] => [`${field}.events`, events]),
    ['trigger.events', spec.trigger?.events ?? []] as const,
  ];
  return named.flatMap(([field, events]) =>
    events
      .filter((event) => !event.startsWith(MILESTONE_PREFIX) && !known.has(event))
      .map((event) => ({ field, message: `no journey has the step "${event}"${didYouMean(event, known)}` })),
  );
}

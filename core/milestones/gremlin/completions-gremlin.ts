import type { MilestoneSpec, MilestoneStep } from '../../../schemas/milestone';
import {
  among,
  predicate,
  sub,
  type Traversal,
  type TraversalArgument,
  type TraversalStep,
} from '../../graph/traversal';
import { eventsOf, stepsBefore } from '../pattern';
import { patternSteps, wireValues } from './pattern-gremlin';

/**
 * The completions of a milestone by one customer, as a traversal with the parameter `customer`: it finds what
 * `completionsOf` finds. A result is a map: `chain`, the last step as a map (`step`, `from`, `at`, and `before`, the
 * step before it, in the same way), and `evidence`, the events of all steps (`step`, and `event`, its element map).
 *
 * What happened is collected once (`seen`), then step by step the best way to every moment (`ways_k`): no more than the
 * moments of two steps are ever looked at together, so that many equal events cannot multiply. Only steps that Amazon
 * Neptune supports are used: no lambdas, no text.
 *
 * @param evidence which properties of events to give with them
 */
export function completionsTraversal(spec: MilestoneSpec, evidence: readonly string[]): Traversal {
  const last = spec.steps.length - 1;
  return [
    ['V', { parameter: 'customer' }],
    ['hasLabel', 'Customer'],
    ...Object.entries(spec.customers).map(([name, values]): TraversalStep => [
      'filter',
      sub(['in', 'IDENTIFIED_AS'], ['has', name, among('within', wireValues(values))]),
    ]),
    ['sideEffect', sub(...seenSteps(spec), ['aggregate', 'seen'])],
    ...spec.steps.map((_, step): TraversalStep => [
      'sideEffect',
      sub(...waysTo(spec, step), ['aggregate', waysName(step)]),
    ]),
    ['flatMap', sub(...waysOf(last))],
    ['as', 'done', 'begun'],
    ...(spec.within === undefined ? [] : [noLongerThan('done - begun', spec.within, 'at', 'start')]),
    ...absenceSteps(spec),
    ['project', 'chain', 'evidence'],
    ['by'],
    ['by', sub(...evidenceSteps(spec, evidence), ['fold'])],
  ];
}

function seenSteps(spec: MilestoneSpec): TraversalStep[] {
  return [
    ['union', sub(['in', 'IDENTIFIED_AS'], ['out', 'PERFORMED']), sub(['out', 'REACHED'])],
    ['has', 'type', among('within', eventsOf(spec))],
  ];
}

function seen(): TraversalStep[] {
  return [['select', 'seen'], ['unfold']];
}

function waysName(step: number): string {
  return `ways_${step}`;
}

function waysOf(step: number): TraversalStep[] {
  return [['select', waysName(step)], ['unfold']];
}

/** The best way to every moment of a step, as maps: `step`, `from`, `at`, `start`, and `before` but for the first. */
function waysTo(spec: MilestoneSpec, index: number): TraversalStep[] {
  const moments = [...momentSteps(spec.steps[index]!), ['as', 'moment'] as const];
  const own = (key: string): TraversalStep => ['by', sub(['select', 'moment'], ['select', key])];
  if (index === 0) {
    return [
      ...moments,
      ...unprecededSteps(spec),
      ['project', 'step', 'from', 'at', 'start'],
      ['by', sub(['constant', 0])],
      own('from'),
      own('at'),
      own('from'),
    ];
  }
  return [
    ...moments,
    ['flatMap', sub(...bestBefore(spec, index))],
    ['as', 'best'],
    ['project', 'step', 'from', 'at', 'start', 'before'],
    ['by', sub(['constant', index])],
    own('from'),
    own('at'),
    ['by', sub(['select', 'best'], ['select', 'start'])],
    ['by', sub(['select', 'best'])],
  ];
}

/** The moments of a step as maps: `from` its first event `at` its last. */
function momentSteps(step: MilestoneStep): TraversalStep[] {
  const times: TraversalStep[] = [...seen(), ...patternSteps(step), ['values', 'ts']];
  const { atLeast } = step;
  if (atLeast === undefined) return [...times, ['dedup'], ['project', 'from', 'at'], ['by'], ['by']];
  return [
    ...times,
    ['dedup'],
    ['as', 'end'],
    [
      'flatMap',
      sub(
        ...times,
        ['where', predicate('lte', 'end')],
        ['order'],
        ['by', { order: 'desc' }],
        ['limit', atLeast.count],
        ['fold'],
        ['filter', sub(['count', { scope: 'local' }], ['is', predicate('eq', atLeast.count)])],
        ['min', { scope: 'local' }],
      ),
    ],
    ['as', 'begin'],
    ['filter', sub(['math', 'end - begin'], ['is', predicate('lte', atLeast.within)])],
    ['project', 'from', 'at'],
    ['by', sub(['select', 'begin'])],
    ['by', sub(['select', 'end'])],
  ];
}

/** Of the ways that lead to a moment the one that counts. */
function bestBefore(spec: MilestoneSpec, index: number): TraversalStep[] {
  const longest = spec.steps[index]!.within;
  const before = stepsBefore(spec, index).map((step) => sub(...waysOf(step)));
  return [
    ['union', ...before],
    ['as', 'way'],
    ['where', 'way', predicate('lt', 'moment')],
    ['by', 'at'],
    ['by', 'from'],
    ...(longest === undefined ? [] : [noLongerThan('moment - way', longest, 'from', 'at')]),
    ['order'],
    ...['start', 'at', 'step'].map((key): TraversalStep => ['by', sub(['select', key]), { order: 'desc' }]),
    ['limit', 1],
  ];
}

/** Keeps what lies no further apart; an empty key stands for the value itself. */
function noLongerThan(difference: string, longest: number, ...keys: readonly string[]): TraversalStep {
  const by = keys.map((key): TraversalStep => (key === '' ? ['by'] : ['by', key]));
  return ['filter', sub(['math', difference], ...by, ['is', predicate('lte', longest)])];
}

function unprecededSteps({ notBefore }: MilestoneSpec): TraversalStep[] {
  if (notBefore === undefined) return [];
  const { within } = notBefore;
  return [
    [
      'not',
      sub(
        ...seen(),
        ...patternSteps(notBefore),
        ['values', 'ts'],
        ['as', 'other'],
        ['where', 'other', predicate('lt', 'moment')],
        ['by'],
        ['by', 'from'],
        ...(within === undefined ? [] : [noLongerThan('moment - other', within, 'from', '')]),
      ),
    ],
  ];
}

function absenceSteps({ notFollowedBy }: MilestoneSpec): TraversalStep[] {
  if (notFollowedBy === undefined) return [];
  return [
    [
      'not',
      sub(
        ...seen(),
        ...patternSteps(notFollowedBy),
        ['values', 'ts'],
        ['as', 'other'],
        ['where', 'other', predicate('gt', 'done')],
        ['by'],
        ['by', 'at'],
        noLongerThan('other - done', notFollowedBy.within, '', 'at'),
      ),
    ],
  ];
}

/** The events of every step on the way to what is done. */
function evidenceSteps(spec: MilestoneSpec, properties: readonly string[]): TraversalStep[] {
  const ofStep = (step: MilestoneStep, index: number): TraversalArgument =>
    sub(
      ['emit'],
      ['repeat', sub(['select', 'before'])],
      ['filter', sub(['select', 'step'], ['is', predicate('eq', index)])],
      ['as', 'link'],
      ...seen(),
      ...patternSteps(step),
      ['as', 'event'],
      ['where', 'event', predicate('gte', 'link')],
      ['by', 'ts'],
      ['by', 'from'],
      ['where', 'event', predicate('lte', 'link')],
      ['by', 'ts'],
      ['by', 'at'],
      ['project', 'step', 'event'],
      ['by', sub(['constant', index])],
      ['by', sub(['elementMap', 'type', 'channel', 'ts', ...properties])],
    );
  return [['union', ...spec.steps.map(ofStep)]];
}

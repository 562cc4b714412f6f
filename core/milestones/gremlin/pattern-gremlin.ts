import type { AttributeCondition, EventPattern } from '../../../schemas/milestone';
import { among, predicate, type TraversalStep, type TraversalValue } from '../../graph/traversal';
import { valuesOf } from '../pattern';

/** Steps that leave, of vertices of events and milestones, those that a pattern means. */
export function patternSteps({ events, channels, attributes }: EventPattern): TraversalStep[] {
  return [
    ['has', 'type', among('within', events)],
    ...(channels.length === 0 ? [] : [['has', 'channel', among('within', channels)] as const]),
    ...Object.entries(attributes).flatMap(([name, condition]) => attributeSteps(name, condition)),
  ];
}

function attributeSteps(name: string, condition: AttributeCondition): TraversalStep[] {
  const bounds = (['gt', 'gte', 'lt', 'lte'] as const).flatMap((bound): TraversalStep[] => {
    const value = condition[bound];
    return value === undefined ? [] : [['has', name, predicate(bound, { double: value })]];
  });
  return [
    ...(condition.in === undefined ? [] : [['has', name, among('within', wireValues(condition.in))] as const]),
    ...(condition.notIn === undefined ? [] : [['has', name, among('without', wireValues(condition.notIn))] as const]),
    ...bounds,
  ];
}

/** Values as attributes are kept in the graph: those that are numbers as doubles. */
export function wireValues(list: readonly (string | number)[]): TraversalValue[] {
  const { texts, numbers } = valuesOf(list);
  return [...texts, ...numbers.map((number) => ({ double: number }))];
}

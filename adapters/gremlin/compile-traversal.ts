import { process as gremlin } from 'gremlin';
import type {
  Traversal,
  TraversalArgument,
  TraversalParameters,
  TraversalStep,
  TraversalValue,
} from '../../core/graph/traversal';
import { Double } from './graph-binary';
import type { Traversals } from './server-connection';

const { P, t, order, scope } = gremlin;

/** A traversal that is data, which begins with `V`, as the driver's own: its steps become bytecode, its values arguments. */
export function asGremlin(
  g: Traversals,
  [[, ...start], ...rest]: Traversal,
  parameters: TraversalParameters,
): gremlin.GraphTraversal {
  const traversal = g.V(...start.flatMap((argument) => wireArgument(argument, parameters)));
  withSteps(traversal.getBytecode(), rest, parameters);
  return traversal;
}

function withSteps(
  bytecode: gremlin.Bytecode,
  traversal: readonly TraversalStep[],
  parameters: TraversalParameters,
): gremlin.Bytecode {
  for (const [step, ...args] of traversal) {
    bytecode.addStep(
      step,
      args.flatMap((argument) => wireArgument(argument, parameters)),
    );
  }
  return bytecode;
}

function wireArgument(argument: TraversalArgument, parameters: TraversalParameters): unknown {
  if (typeof argument !== 'object') return argument;
  if ('traversal' in argument) return withSteps(new gremlin.Bytecode(), argument.traversal, parameters);
  if ('predicate' in argument) {
    const values = argument.values.map(wireValue);
    return P[argument.predicate](argument.list ? values : values[0]);
  }
  if ('double' in argument) return wireValue(argument);
  if ('parameter' in argument) return parameterValue(argument.parameter, parameters);
  if ('token' in argument) return t[argument.token];
  return 'order' in argument ? order[argument.order] : scope[argument.scope];
}

function wireValue(value: TraversalValue): unknown {
  return typeof value === 'object' ? new Double(value.double) : value;
}

/** None where one is expected would mean every vertex to `V`. */
function parameterValue(name: string, parameters: TraversalParameters): string | readonly string[] {
  const value = parameters[name];
  if (value === undefined || value.length === 0) throw new Error(`a traversal's parameter "${name}" has no value`);
  return value;
}

/**
 * Gremlin as data: the steps of a traversal with their arguments, in order, as in the bytecode that drivers send. It can
 * be stored as JSON, printed, and run by an adapter. Values stay values on all ways: no text of Gremlin is ever parsed.
 */
export type Traversal = readonly [start: TraversalStep, ...rest: TraversalStep[]];
export type TraversalStep = readonly [step: string, ...args: TraversalArgument[]];

export type TraversalArgument =
  | string
  | number
  | { readonly double: number }
  | { readonly traversal: readonly TraversalStep[] }
  | { readonly predicate: TraversalPredicate; readonly values: readonly TraversalValue[]; readonly list: boolean }
  | { readonly token: 'id' | 'label' }
  | { readonly order: 'asc' | 'desc' }
  | { readonly scope: 'local' }
  /** What is known only when the traversal is run. */
  | { readonly parameter: string };

export type TraversalPredicate = 'eq' | 'gt' | 'gte' | 'lt' | 'lte' | 'within' | 'without';
export type TraversalValue = string | number | { readonly double: number };

/** What a traversal's parameters stand for: a value, or several where the step takes them. */
export type TraversalParameters = Readonly<Record<string, string | readonly string[]>>;

/** A traversal within another. */
export function sub(...steps: readonly TraversalStep[]): TraversalArgument {
  return { traversal: steps };
}

/** A predicate on one value, such as `lt`. */
export function predicate(
  name: Exclude<TraversalPredicate, 'within' | 'without'>,
  value: TraversalValue,
): TraversalArgument {
  return { predicate: name, values: [value], list: false };
}

/** `within` or `without` a list of values. */
export function among(name: 'within' | 'without', values: readonly TraversalValue[]): TraversalArgument {
  return { predicate: name, values, list: true };
}

/** How texts and parameters are written where a traversal is printed. */
export interface TraversalNotation {
  text(value: string): string;
  parameter(name: string): string;
}

const FOR_PEOPLE: TraversalNotation = { text: (value) => JSON.stringify(value), parameter: (name) => `$${name}` };

/** The traversal as people write it, e.g. `g.V($customer).out("PERFORMED")`. */
export function traversalText(traversal: Traversal, notation: TraversalNotation = FOR_PEOPLE): string {
  return `g${stepsText(traversal, notation)}`;
}

function stepsText(traversal: readonly TraversalStep[], notation: TraversalNotation): string {
  const argumentsText = (args: readonly TraversalArgument[]) =>
    args.map((argument) => argumentText(argument, notation)).join(', ');
  return traversal.map(([step, ...args]) => `.${step}(${argumentsText(args)})`).join('');
}

function argumentText(argument: TraversalArgument, notation: TraversalNotation): string {
  if (typeof argument === 'string') return notation.text(argument);
  if (typeof argument === 'number') return String(argument);
  if ('traversal' in argument) return `__${stepsText(argument.traversal, notation)}`;
  if ('predicate' in argument) {
    const values = argument.values.map((value) => argumentText(value, notation)).join(', ');
    return `P.${argument.predicate}(${argument.list ? `[${values}]` : values})`;
  }
  if ('double' in argument) return `${argument.double}d`;
  if ('parameter' in argument) return notation.parameter(argument.parameter);
  if ('token' in argument) return `T.${argument.token}`;
  return 'order' in argument ? `Order.${argument.order}` : `Scope.${argument.scope}`;
}

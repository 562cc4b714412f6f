import { HubError } from '../errors';
import { traversalText, type Traversal, type TraversalParameters } from './traversal';

/**
 * A traversal as a script that Gremlin's own grammar and Groovy read alike, for whoever takes no bytecode. Texts are in
 * single quotes: in double ones Groovy would run what stands behind a dollar.
 *
 * @throws HubError `TRAVERSAL_PARAMETER_UNBOUND`
 */
export function gremlinScript(traversal: Traversal, parameters: TraversalParameters = {}): string {
  return traversalText(traversal, { text: textLiteral, parameter: (name) => parameterText(name, parameters) });
}

function textLiteral(text: string): string {
  // A quote in JSON always has its backslash before it.
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}

/** None where one is expected would mean every vertex to `V`. */
function parameterText(name: string, parameters: TraversalParameters): string {
  const value = Object.hasOwn(parameters, name) ? parameters[name]! : [];
  const values = typeof value === 'string' ? [value] : value;
  if (values.length > 0) return values.map(textLiteral).join(', ');
  throw new HubError('TRAVERSAL_PARAMETER_UNBOUND', `the traversal's parameter "${name}" has no value: give one`, {
    field: name,
  });
}

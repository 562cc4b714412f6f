import { targetClasses } from '../../../core/propensity/graph/customer-rows';
import type { PropensitySpec } from '../../../schemas/propensity';
import type { AskedEndpoint } from './graph-inference';
import type { GraphModel } from './kept-graph-models';

/** What is asked at an endpoint of a model. */
export function askedOf(endpoint: string, { name, target }: Pick<PropensitySpec, 'name' | 'target'>): AskedEndpoint {
  return { endpoint, target: name, ...(target.score === undefined && { classes: targetClasses(target) }) };
}

/**
 * What `core/propensity/predict` would say, of what an endpoint has said: of a binary target the probability of a hit, of
 * classes one each.
 *
 * @returns the rows of whom the endpoint knows, and what it says of each
 */
export function predictionsOf(kind: GraphModel['kind'], said: Float32Array, classes: number) {
  const width = kind === 'score' ? 1 : classes;
  const known = Array.from({ length: said.length / width }, (_, row) => row).filter(
    (row) => !Number.isNaN(said[row * width]),
  );
  const own = (row: number) => said.subarray(row * width, (row + 1) * width);
  const predicted = known.flatMap((row) => (kind === 'binary' ? [own(row)[1]!] : [...own(row)]));
  return { rows: Int32Array.from(known), predicted: Float32Array.from(predicted) };
}

import { io } from './activities';
import type { GraphDataset, LoadGraphResult } from '../activities/load';

/** Brings the graph up to the lake for one dataset. */
export async function loadGraph(input: { readonly dataset: GraphDataset }): Promise<LoadGraphResult> {
  return io.loadGraph(input);
}

import { io } from './activities';
import type { LoadGraphResult } from '../activities/load';

/** Brings the graph up to the lake. */
export async function loadGraph(): Promise<LoadGraphResult> {
  return io.loadGraph();
}

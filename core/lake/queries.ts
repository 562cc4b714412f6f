import { literal } from '../sql/quote';
import type { LakeTable } from './tables';

/** One table written within a commit: the result of a query over the lake's tables and the commit's inputs. */
export interface TableWrite {
  readonly table: LakeTable;
  readonly mode: 'append' | 'replace';
  readonly select: string;
}

/** The queries of a lake commit, as the pure part of a capability decides them. */
export interface LakeCommitQueries {
  /** Intermediate results, computed in this order, that later ones and the writes may read. */
  readonly prepare: readonly { readonly name: string; readonly select: string }[];
  readonly writes: readonly TableWrite[];
}

/** Batches that a follower of the lake is to take: of landed rows, and of changes of identity. */
export interface PendingBatches {
  readonly landed: readonly string[];
  readonly identity: readonly string[];
}

/** A condition on `batch` that holds for some of them. */
export function amongBatches(batches: readonly string[]): string {
  return batches.length === 0 ? 'false' : `batch IN (${batches.map(literal).join(', ')})`;
}

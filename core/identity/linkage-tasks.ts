import type { Task } from '../parallel/work';
import { countRules } from './blocking/blocking-rules';
import { findPairs } from './blocking/candidate-pairs';
import { clusterPart } from './clustering/link-records';
import { findHeld } from './clustering/loose-groups';
import { comparePart, renumberPart } from './comparison/comparison-vectors';
import { countField } from './records/count-values';

/** All tasks of linking records: what a thread that helps has to know. */
export const linkageTasks = [
  countField,
  countRules,
  findPairs,
  comparePart,
  renumberPart,
  findHeld,
  clusterPart,
] as readonly Task<unknown, unknown>[];

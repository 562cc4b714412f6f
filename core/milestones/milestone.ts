import type { MilestoneSpec } from '../../schemas/milestone';

/** A milestone as it is declared now. */
export interface Milestone {
  readonly spec: MilestoneSpec;
  /** Names what the spec says: another spec has another version. */
  readonly version: string;
}

/** The milestones of a hub folder. */
export interface DeclaredMilestones {
  /** Each after the milestones it is made of. */
  readonly milestones: readonly Milestone[];
  /** Names of others, whose files have errors. */
  readonly broken: readonly string[];
  /** What is wrong with them, each with file, field, expected and found. */
  readonly problems: readonly string[];
}

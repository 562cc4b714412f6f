import { HubError } from '../../../core/errors';
import {
  refuseConflicts,
  withCommit,
  type Manifest,
  type PublishedCommit,
  type WrittenFile,
} from '../../../core/lake/manifest';

/** The versions of a lake, one manifest each, of which none changes once it is published. */
export interface ManifestLog {
  /** The newest; an empty one for a lake nothing was committed to. */
  latest(): Promise<Manifest>;
  /** The manifest of a version. */
  read(version: number): Promise<Manifest>;
  /** Publishes the manifest as its version, whole or not at all. False when that version exists already. */
  publish(manifest: Manifest): Promise<boolean>;
  /** Versions in the log, ascending. */
  versions(): Promise<number[]>;
  forget(version: number): Promise<void>;
}

/** The manifest of a version, or the newest. */
export function manifestAt(log: ManifestLog, version: number | undefined): Promise<Manifest> {
  return version === undefined ? log.latest() : log.read(version);
}

/** How often a commit is rebased on another writer's before it gives up. */
const MAX_REBASES = 50;

/**
 * Publishes what a commit wrote on top of the newest version, rebasing when another writer was faster.
 *
 * @param base the version that it was computed from
 * @returns the version that has it
 * @throws HubError LAKE_CONFLICT (retryable)
 */
export async function publishCommit(
  log: ManifestLog,
  commit: PublishedCommit,
  base: Manifest,
  written: readonly WrittenFile[],
): Promise<number> {
  for (let rebase = 0; rebase < MAX_REBASES; rebase++) {
    const latest = await log.latest();
    const made = latest.keys[commit.key];
    if (made !== undefined) return made;
    refuseConflicts(base, latest, commit, written);
    const next = withCommit(latest, commit, written);
    if (await log.publish(next)) return next.version;
  }
  throw new HubError('LAKE_CONFLICT', `the commit "${commit.key}" lost against other writers ${MAX_REBASES} times`, {
    retryable: true,
  });
}

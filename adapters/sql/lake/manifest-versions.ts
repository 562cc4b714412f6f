import { createHash } from 'node:crypto';
import type { LakeTable } from '../../../core/lake/tables';
import type { LakeVersions } from '../../../ports/lake';
import { manifestAt, type ManifestLog } from './manifest-log';

/** What a lake's manifests tell of its versions: all that those need who never read its tables (the API). */
export class ManifestVersions implements LakeVersions {
  constructor(private readonly manifests: ManifestLog) {}

  async version(): Promise<number> {
    return (await this.manifests.latest()).version;
  }

  async tableVersion(table: LakeTable): Promise<number> {
    return (await this.manifests.latest()).tables[table]?.version ?? 0;
  }

  async tableRevision(table: LakeTable, version?: number): Promise<string> {
    const state = (await manifestAt(this.manifests, version)).tables[table];
    // Files and parts have random names and never change, so their list names the content.
    return state === undefined ? '' : createHash('sha256').update(state.files.join()).digest('hex').slice(0, 16);
  }
}

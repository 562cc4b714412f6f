import { createHash } from 'node:crypto';
import type { LakeTable } from '../../../core/lake/tables';
import type { LakeVersions } from '../../../ports/lake';
import { manifestsOf, type FolderManifestLog } from './manifest';

/** Versions of a lake in a folder, for processes that never read its tables (the API). */
export class LocalLakeVersions implements LakeVersions {
  private readonly manifests: FolderManifestLog;

  constructor(lakeFolder: string) {
    this.manifests = manifestsOf(lakeFolder);
  }

  async version(): Promise<number> {
    return (await this.manifests.latest()).version;
  }

  async tableVersion(table: LakeTable): Promise<number> {
    return (await this.manifests.latest()).tables[table]?.version ?? 0;
  }

  async tableRevision(table: LakeTable, version?: number): Promise<string> {
    const state = (await this.manifests.at(version)).tables[table];
    // Files have random names and never change, so their list names the content.
    return state === undefined ? '' : createHash('sha256').update(state.files.join()).digest('hex').slice(0, 16);
  }
}

import { join } from 'node:path';
import { openS3ObjectStore } from '../adapters/aws/s3/s3-object-store';
import { openFolderObjectStore } from '../adapters/local/objects/folder-object-store';
import type { Hub } from '../adapters/local/hub-folder';
import { manifestsOf } from '../adapters/local/lake/manifest';
import { ManifestVersions } from '../adapters/sql/lake/manifest-versions';
import { ObjectManifestLog } from '../adapters/sql/lake/object-manifest-log';
import type { LakeVersions } from '../ports/lake';
import type { ObjectStore } from '../ports/object-store';
import type { SharedFilesSettings } from '../schemas/engines';

import { openLakeObjects } from './aws-room';
import { connectionTo } from './aws-connection';

/** Objects that workers share with each other and with the lake's engine. */
export interface SharedObjects {
  readonly objects: ObjectStore;
  /** As the engine names it. */
  readonly location: string;
}

export async function openSharedObjects(settings: SharedFilesSettings): Promise<SharedObjects> {
  if ('folder' in settings) {
    return { objects: await openFolderObjectStore(settings.folder), location: settings.location };
  }
  const { bucket, prefix, region, endpoint } = settings;
  return {
    objects: openS3ObjectStore(connectionTo('s3', { region, endpoint }), { bucket, prefix: `${prefix}/` }),
    location: `s3://${bucket}/${prefix}`,
  };
}

/** The versions of a hub's lake, for processes that never read its tables. */
export async function openLakeVersions(hub: Hub): Promise<LakeVersions> {
  const { room, engines } = hub.settings;
  if (room === 'local') return new ManifestVersions(manifestsOf(join(hub.dataFolder, 'lake')));
  const objects = room === 'aws' ? openLakeObjects(engines.aws!) : (await openSharedObjects(engines.files!)).objects;
  return new ManifestVersions(new ObjectManifestLog(objects));
}

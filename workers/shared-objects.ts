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

/** The objects that all processes of a hub share: those of its lake, or in a folder of its data. */
export async function openHubObjects({ dataFolder, settings: { room, engines } }: Hub): Promise<ObjectStore> {
  if (room === 'local') return openFolderObjectStore(join(dataFolder, 'objects'));
  return room === 'aws' ? openLakeObjects(engines.aws!) : (await openSharedObjects(engines.files!)).objects;
}

/** The versions of a hub's lake, for processes that never read its tables. */
export async function openLakeVersions(hub: Hub): Promise<LakeVersions> {
  if (hub.settings.room === 'local') return new ManifestVersions(manifestsOf(join(hub.dataFolder, 'lake')));
  return new ManifestVersions(new ObjectManifestLog(await openHubObjects(hub)));
}

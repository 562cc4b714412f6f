import { ObjectSegmentLog } from '../adapters/files/object-segment-log';
import type { Hub } from '../adapters/local/hub-folder';
import { FolderSegmentLog } from '../adapters/local/ingest/folder-segment-log';
import type { OnSegment, SegmentLog } from '../ports/segment-log';
import { postedAmong } from '../schemas/source';
import { openArrivals } from './arrivals';

/**
 * Where a process of the API keeps what is posted; undefined where no source is.
 *
 * @param onSegment is told of every source that has something to land
 */
export function openSegmentLog(hub: Hub, onSegment: OnSegment): SegmentLog | undefined {
  const sources = postedAmong(hub.sources).map(({ name }) => name);
  if (sources.length === 0) return undefined;
  const { room, engines } = hub.settings;
  if (room !== 'aws') return new FolderSegmentLog({ landingFolder: hub.landingFolder, sources, onSegment });
  return new ObjectSegmentLog({ arrivals: openArrivals(engines.aws!), onSegment });
}

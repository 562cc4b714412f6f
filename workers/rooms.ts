import type { Hub } from '../adapters/local/hub-folder';
import { openAwsRoom } from './aws-room';
import { openLocalRoom } from './local-room';
import { openOpenRoom } from './open-room';
import type { GremlinAddress, Room } from './room';

const ROOMS = { local: openLocalRoom, open: openOpenRoom, aws: openAwsRoom };

/**
 * The engine room that a hub's settings name.
 *
 * @param gremlin of the rooms whose graph is a Gremlin Server's
 */
export function openRoom(hub: Hub, gremlin?: GremlinAddress): Promise<Room> {
  return ROOMS[hub.settings.room](hub, gremlin!);
}

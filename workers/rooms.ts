import type { Hub } from '../adapters/local/hub-folder';
import { openLocalRoom } from './local-room';
import { openOpenRoom } from './open-room';
import type { GremlinAddress, Room } from './room';

const ROOMS = { local: openLocalRoom, open: openOpenRoom };

/** The engine room that a hub's settings name. */
export function openRoom(hub: Hub, gremlin: GremlinAddress): Promise<Room> {
  return ROOMS[hub.settings.room](hub, gremlin);
}

import type { IndexedWords } from '../journeys/step-places';
import { AnchorList, type Anchors } from './anchor-list';

/** Each customer's first of some places, ascending, where nothing else is asked of it: three times as fast. */
export function firstPlaces({ words, kernel }: IndexedWords, places: Uint32Array): Anchors {
  return kernel?.firstPlaces(places) ?? plainFirstPlaces(words.offsets, places);
}

function plainFirstPlaces(offsets: Uint32Array, places: Uint32Array): Anchors {
  const found = new AnchorList(places.length);
  let customer = -1;
  let end = 0; // where the customer's steps end
  for (let index = 0; index < places.length; index++) {
    const place = places[index] as number;
    if (place < end) continue;
    while (end <= place) end = offsets[++customer + 1] as number;
    found.add(customer, place);
  }
  return found.anchors();
}

import type { CutJourneys } from './cut';

/** Events of interest: whose they are, and where in the words' `steps`. */
export type Anchors = Pick<CutJourneys, 'customers' | 'anchors'>;

/** Events of interest as they are found. */
export class AnchorList {
  private length = 0;
  private readonly customers: Uint32Array;
  private readonly places: Uint32Array;

  constructor(most: number) {
    this.customers = new Uint32Array(most);
    this.places = new Uint32Array(most);
  }

  add(customer: number, place: number): void {
    this.customers[this.length] = customer;
    this.places[this.length++] = place;
  }

  replaceLast(place: number): void {
    this.places[this.length - 1] = place;
  }

  anchors(): Anchors {
    return { customers: this.customers.subarray(0, this.length), anchors: this.places.subarray(0, this.length) };
  }
}

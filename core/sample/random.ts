/**
 * Random numbers that depend on nothing but a seed and a stream's number: person 7 is the same person however many
 * others are made, and in whichever order.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, stream: number) {
    this.a = mix(seed);
    this.b = mix(stream ^ 0x9e3779b9);
    this.c = mix(seed ^ Math.imul(stream, 0x85ebca6b));
    for (let round = 0; round < 12; round++) this.uint();
  }

  /** 32 random bits: sfc32 of Chris Doty-Humphrey's PractRand. */
  uint(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A number from 0 up to, but not, 1. */
  unit(): number {
    return this.uint() / 4_294_967_296;
  }

  /** A whole number from `from` up to, but not, `to`. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.unit() * (to - from));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length)]!;
  }

  /** A waiting time with the given mean, in the same unit. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean;
  }
}

/** The finaliser of MurmurHash3: nearby numbers become unrelated ones. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

import { HubError } from '../../../core/errors';

/** Something that takes long to load, for all who ask for it while it does: it is given up when nobody waits any more. */
export class SharedLoad<T> {
  /** Whether it is there: whoever asks now does not wait. */
  isLoaded = false;
  /** Whether everybody left before it was: it will fail. */
  isGivenUp = false;
  private readonly loading: Promise<T>;
  private readonly controller = new AbortController();
  private waiting = 0;

  constructor(load: (signal: AbortSignal) => Promise<T>) {
    this.loading = load(this.controller.signal);
    this.loading.then(
      () => (this.isLoaded = true),
      () => undefined,
    );
  }

  /** Waits for it, but no longer than the signal lets it: then `CANCELLED`. */
  async wait(signal: AbortSignal | undefined): Promise<T> {
    this.waiting++;
    let leave: (() => void) | undefined;
    try {
      if (signal === undefined) return await this.loading;
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(new HubError('CANCELLED', 'the question was cancelled'));
        if (signal.aborted) leave();
        else signal.addEventListener('abort', leave);
      });
      return await Promise.race([this.loading, left]);
    } finally {
      if (leave !== undefined) signal?.removeEventListener('abort', leave);
      if (--this.waiting === 0 && !this.isLoaded) this.giveUp();
    }
  }

  private giveUp(): void {
    this.isGivenUp = true;
    this.controller.abort();
  }

  /** Calls back should it fail. */
  onFailure(forget: () => void): void {
    this.loading.catch(forget);
  }
}

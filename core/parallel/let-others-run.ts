/** Lets everything else that waits for this thread have its turn, as telling a server that it is alive: between pieces of long work. */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

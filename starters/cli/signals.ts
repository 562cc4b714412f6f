const INTERRUPTED = 130;

/** Calls back when the process is asked to stop, once. Asked again, it ends at once. */
export function onStopSignal(stop: () => void): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(INTERRUPTED);
      asked = true;
      stop();
    });
  }
}

/** Calls back when the process is asked to stop, once. */
export function onStopSignal(stop: () => void): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!asked) stop();
      asked = true;
    });
  }
}

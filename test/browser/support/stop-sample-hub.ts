/** Stops what `startSampleHub` started. */
export default async function stopSampleHub(): Promise<void> {
  await globalThis.stopSampleHub();
}

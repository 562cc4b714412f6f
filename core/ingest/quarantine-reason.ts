/** A reason without what tells one row from another: the number of the line, and quoted values. */
export function kindOfReason(reason: string): string {
  return reason.replace(/^line \d+: /, '').replace(/"[^"]*"/g, '"…"');
}

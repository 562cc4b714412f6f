/**
 * The name that was probably meant: the nearest by Levenshtein distance, letter case aside, if no more than about a third
 * of the longer name differs. `undefined` when none is that near.
 */
export function closestName(wanted: string, names: Iterable<string>): string | undefined {
  let closest: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const longer = Math.max(wanted.length, name.length);
    const distance = levenshtein(wanted.toLowerCase(), name.toLowerCase());
    if (distance < least && distance <= Math.ceil(longer / 3) && distance < longer) {
      least = distance;
      closest = name;
    }
  }
  return closest;
}

/** ` (did you mean "churn"?)`, or nothing when no name is near. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const name = closestName(wanted, names);
  return name === undefined ? '' : ` (did you mean "${name}"?)`;
}

function levenshtein(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

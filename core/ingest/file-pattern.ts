const DATE = /\{date\}/g;

/**
 * Whether a path (with `/`) matches a source's glob: `*` and `?` within a folder, `**` over folders, `{date}` a
 * YYYY-MM-DD not after the business date.
 */
export function matchesFilePattern(pattern: string, path: string, businessDate: string): boolean {
  const match = new RegExp(`^${patternSource(pattern)}$`, 'u').exec(path);
  return match !== null && match.slice(1).every((date) => date <= businessDate);
}

/** What every path begins with that fits a pattern. */
export function fixedStart(pattern: string): string {
  return /^[^*?{]*/.exec(pattern)![0];
}

function patternSource(pattern: string): string {
  return pattern
    .split(DATE)
    .map((part) =>
      part
        .split('**/')
        .map((folders) => folders.split('**').map(withinFolder).join('.*'))
        .join('(?:.*/)?'),
    )
    .join('(\\d{4}-\\d{2}-\\d{2})');
}

function withinFolder(text: string): string {
  return text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
}

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder with data that tests may read; `HUB_SHARED` names another place. */
const sharedFolder = resolve(process.env['HUB_SHARED'] ?? join(__dirname, '..', '..', '..', 'shared'));

/** A file of the shared folder; undefined where this checkout has none. */
export function sharedFile(path: string): string | undefined {
  const file = join(sharedFolder, path);
  return existsSync(file) ? file : undefined;
}

/** `describe`, or a skipped one that says what is missing. */
export function describeWith(file: string | undefined, name: string, tests: (file: string) => void): void {
  if (file !== undefined) describe(name, () => tests(file));
  else
    describe.skip(`${name} (skipped: its data is not beside this checkout)`, () =>
      it('needs the shared data', () => undefined));
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** `adapters/local` as this file is part of it, and as the build has it. */
const folders = [join(__dirname, '..'), join(__dirname, '..', '..', '..', 'dist', 'adapters', 'local')];

/**
 * The compiled script of a thread, beside what starts it or, where that is not compiled, in the build; nothing where it was
 * not built.
 *
 * @param name its path within `adapters/local`, without an extension
 */
export function builtScript(name: string): string | undefined {
  return folders.map((folder) => join(folder, `${name}.js`)).find((path) => existsSync(path));
}

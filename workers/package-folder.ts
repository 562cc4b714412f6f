import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, the same for compiled and uncompiled code. */
export const packageFolder = findUpwards(__dirname, 'package.json');

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function findUpwards(from: string, name: string): string {
  if (existsSync(join(from, name))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no ${name} above ${__dirname}`);
  return findUpwards(parent, name);
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm run build` puts kernels: `dist/kernels`, seen from `dist/adapters/local` as from `adapters/local`. */
const folders = [join(__dirname, '..', '..', 'kernels'), join(__dirname, '..', '..', 'dist', 'kernels')];

/** A kernel of kernels/, or nothing where it was not built or may not be used: plain JavaScript then does its work. */
export function loadKernel(name: 'frequency' | 'identity' | 'similarity'): WebAssembly.Module | undefined {
  if (process.env['HUB_KERNELS'] === 'off') return undefined;
  const file = folders.map((folder) => join(folder, `${name}.wasm`)).find((path) => existsSync(path));
  return file === undefined ? undefined : new WebAssembly.Module(readFileSync(file));
}

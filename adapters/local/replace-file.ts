import { open, rename } from 'node:fs/promises';

/** Writes a file whole, so that whoever reads its path finds the old content or the new one, also after a crash. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
}

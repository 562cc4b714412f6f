import { randomBytes } from 'node:crypto';

/** A name that nothing else has, and that tells when it was given. */
export function newName(kind: 'c' | 'k' | 'p'): string {
  return `${kind}${Date.now().toString(36).padStart(9, '0')}${randomBytes(6).toString('hex')}`;
}

/** When a name was given, in epoch milliseconds. */
export function writtenAt(name: string): number {
  return parseInt(name.slice(1, 10), 36);
}

/** Does things side by side. Rejects with the first error once all have ended: none goes on unseen. */
export async function allOf<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

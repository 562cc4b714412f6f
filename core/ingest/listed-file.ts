import { HubError } from '../errors';

interface FileState {
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/**
 * That a file is still what was listed.
 *
 * @param found as it is now; undefined when there is none
 * @throws HubError FILE_MISSING, FILE_CHANGED (retryable)
 */
export function refuseChanged(listed: FileState & { readonly path: string }, found: FileState | undefined): void {
  if (found === undefined) throw new HubError('FILE_MISSING', `${listed.path}: the file is gone`);
  if (found.bytes === listed.bytes && found.modifiedAt === listed.modifiedAt) return;
  const message = `${listed.path}: the file changed while it was read; write it whole, then rename it`;
  throw new HubError('FILE_CHANGED', message, { retryable: true });
}

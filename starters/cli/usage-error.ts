import { HubError } from '../../core/errors';

/** A command line that cannot be meant: the program ends with exit code 2. */
export class UsageError extends HubError {
  constructor(message: string, field?: string) {
    super('USAGE', message, field === undefined ? {} : { field });
  }
}

import { UsageError } from './usage-error';

/** @throws UsageError naming the option, where it was left out */
export function required(value: string | undefined, option: string): string {
  if (value !== undefined && value !== '') return value;
  throw new UsageError(`${option} is missing; see --help`);
}

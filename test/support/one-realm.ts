import { types } from 'node:util';

/**
 * Jest runs tests in a realm of their own, whose `Error` is not the one that Node's sockets throw: libraries that ask
 * `instanceof Error` would take a lost connection for no error at all. Importing this makes every realm's errors errors.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    if (this === Error) return types.isNativeError(value);
    return Function.prototype[Symbol.hasInstance].call(this as () => void, value);
  },
});

/** Where a process ends: at which of its calls, and whether the call still had its effect. */
export interface CutOff {
  /** Calls until then; counted down. */
  calls: number;
  readonly afterEffect: boolean;
}

export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/**
 * An engine as a process sees it that is killed at one of its calls, like with `kill -9`: that call and all later ones
 * fail, the first with or without its effect. What answers with no promise is left alone.
 */
export function endingAt<T extends object>(engine: T, cut: CutOff): T {
  return new Proxy(engine, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const isLast = --cut.calls === 0;
        if (cut.calls < 0 || (isLast && !cut.afterEffect)) return Promise.reject(new ProcessEnded(String(name)));
        const answer: unknown = member.apply(target, args);
        if (!isLast) return answer;
        return Promise.resolve(answer).then(() => Promise.reject(new ProcessEnded(String(name))));
      };
    },
  });
}

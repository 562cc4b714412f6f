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
        if (cut.calls < 0 || (isLast && !cut.afterEffect)) return noAnswer(name);
        const answer: unknown = member.apply(target, args);
        if (!isLast) return answer;
        return isPages(answer) ? noAnswer(name) : Promise.resolve(answer).then(() => noAnswer(name));
      };
    },
  });
}

/** What is awaited, or read page by page, of a process that has ended. */
function noAnswer(name: string | symbol): Promise<never> & AsyncIterable<never> {
  const answer = Promise.reject<never>(new ProcessEnded(String(name)));
  // Whoever reads pages never looks at the promise.
  answer.catch(() => undefined);
  return Object.assign(answer, { [Symbol.asyncIterator]: () => ({ next: () => answer }) });
}

function isPages(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

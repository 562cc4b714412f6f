import { Task, TaskStatus, type TaskConfig } from '@lit/task';
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';

/** A question to the hub whose answer a page shows: asked anew whenever its arguments change. */
export class Answer<const Args extends readonly unknown[], Result> {
  private readonly task: Task<Args, Result>;

  constructor(host: ReactiveControllerHost, config: TaskConfig<Args, Result>) {
    this.task = new Task(host, config);
  }

  get value(): Result | undefined {
    return this.task.value;
  }

  /** Asks again although nothing changed. */
  again(): void {
    void this.task.run();
  }

  /** Waits no longer for an answer that nobody is there to see. */
  stop(): void {
    this.task.abort();
  }

  /** Whether there is no answer to what was asked last: it failed, or is not waited for any more. */
  get isOpen(): boolean {
    return this.task.status !== TaskStatus.COMPLETE;
  }

  /** What went wrong, where the answer itself is shown elsewhere. */
  trouble(): TemplateResult | typeof nothing {
    return this.task.status === TaskStatus.ERROR ? failed(this.task.error, () => this.again()) : nothing;
  }

  /**
   * The answer, or where it is. While it is asked for anew, the last one stays, so that nothing jumps.
   *
   * @param isEmpty says what to tell in place of an answer that has nothing
   */
  show(
    answered: (result: Result) => unknown,
    isEmpty: (result: Result) => string | undefined = () => undefined,
  ): TemplateResult {
    const { status, value, error } = this.task;
    if (status === TaskStatus.ERROR) return failed(error, () => this.again());
    if (value === undefined) return waiting();
    const empty = isEmpty(value);
    const isBusy = status === TaskStatus.PENDING;
    return html`<div class="stack" aria-busy=${isBusy}>
      ${empty === undefined ? answered(value) : html`<p class="quiet">${empty}</p>`}
    </div>`;
  }
}

export function waiting(): TemplateResult {
  return html`<p class="quiet" role="status">Loading…</p>`;
}

/** What went wrong, in the hub's words. */
export function failed(error: unknown, again?: () => void): TemplateResult {
  const message = error instanceof Error ? error.message : String(error);
  return html`<div role="alert">
    <p class="bad">${message}</p>
    ${again === undefined ? '' : html`<button @click=${again}>Try again</button>`}
  </div>`;
}

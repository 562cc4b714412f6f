import { LitElement, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import type { Schedule } from '../../../../schemas/schedules';
import { time } from '../../../api/formats';
import { Answer, failed } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';

/** What runs by itself, and when; it may be paused, with a note why. */
export class ScheduleList extends LitElement {
  static override styles = controls;

  @state() private failure: unknown;

  private readonly list = new Answer(this, {
    args: () => [],
    task: ([], { signal }) => hub.ask<{ schedules: Schedule[] }>('/v1/schedules', { signal }),
  });

  protected override render() {
    return html`<section class="panel">
      <h2>Schedules</h2>
      ${this.failure === undefined ? nothing : failed(this.failure)}
      ${this.list.show(
        ({ schedules }) => schedules.map((schedule) => this.one(schedule)),
        ({ schedules }) => (schedules.length === 0 ? 'Nothing runs by itself: hub schedules apply.' : undefined),
      )}
    </section>`;
  }

  private one({ id, workflow, zone, paused, note, next, last, url }: Schedule) {
    return html`<article>
      <h3>${id} ${paused ? html`<span class="chip warn">paused</span>` : nothing}</h3>
      <p>
        Starts <code>${workflow}</code>.
        ${paused ? (note ?? '') : next[0] === undefined ? '' : `Next: ${time(next[0], zone)} (${zone}).`}
        ${last[0] === undefined ? nothing : html`Last: ${time(last[0].at, zone)}.`}
        ${url === undefined ? nothing : html`<a href=${url} target="_blank" rel="noreferrer">Temporal UI</a>`}
      </p>
      <form class="row" @submit=${(event: SubmitEvent) => this.change(event, id, !paused)}>
        ${paused ? nothing : html`<label>Why is it paused <input name="note" required maxlength="500" /></label>`}
        <button>${paused ? 'Go on' : 'Pause'}</button>
      </form>
    </article>`;
  }

  private async change(event: SubmitEvent, id: string, paused: boolean): Promise<void> {
    event.preventDefault();
    const note = String(new FormData(event.target as HTMLFormElement).get('note') ?? '').trim();
    this.failure = undefined;
    try {
      await hub.command('PATCH', `/v1/schedules/${encodeURIComponent(id)}`, { paused, ...(note !== '' && { note }) });
    } catch (error) {
      this.failure = error;
    }
    this.list.again();
  }
}

customElements.define('schedule-list', ScheduleList);

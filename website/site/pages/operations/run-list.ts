import { LitElement, css, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Run, RunDetails } from '../../../../schemas/runs';
import { count, duration, time } from '../../../api/formats';
import { Answer, failed } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub, hubFacts } from '../../hub';
import { replaceParams } from '../../router';
import '../../../parts/share-bar';

const REFRESH_MS = 3_000;
const STATUSES = ['', 'running', 'completed', 'failed', 'cancelled', 'terminated'];

/** Runs, the newest first, and how far the chosen one is; asked again while something runs and somebody looks. */
export class RunList extends LitElement {
  static override styles = [
    controls,
    css`
      tr[aria-current] td {
        background: var(--hub-sunken);
      }
      share-bar {
        margin-top: 0.4rem;
      }
    `,
  ];

  @property() chosen = '';
  @state() private status = '';
  @state() private failure: unknown;
  private timer: ReturnType<typeof setInterval> | undefined;

  private readonly runs = new Answer(this, {
    args: () => [this.status] as const,
    task: async ([status], { signal }) => {
      const [{ runs }, { timezone }] = await Promise.all([
        hub.ask<{ runs: Run[] }>(`/v1/runs?limit=25${status === '' ? '' : `&status=${status}`}`, { signal }),
        hubFacts(),
      ]);
      return { runs, timezone };
    },
  });

  private readonly details = new Answer(this, {
    args: () => [this.chosen] as const,
    task: async ([id], { signal }) =>
      id === '' ? undefined : hub.ask<RunDetails>(`/v1/runs/${encodeURIComponent(id)}`, { signal }),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  again(): void {
    this.runs.again();
    this.details.again();
  }

  private refresh(): void {
    const isRunning = this.runs.value?.runs.some(({ status }) => status === 'running') === true;
    if (document.visibilityState === 'visible' && (isRunning || this.details.value?.status === 'running')) this.again();
  }

  protected override render() {
    return html`<section class="panel stack" aria-label="Runs">
      <div class="row">
        <h2>Runs</h2>
        <label>
          Status
          <select @change=${(event: Event) => (this.status = (event.target as HTMLSelectElement).value)}>
            ${STATUSES.map((status) => html`<option value=${status}>${status === '' ? 'any' : status}</option>`)}
          </select>
        </label>
        <button @click=${() => this.again()}>Refresh</button>
      </div>
      ${this.details.show((details) => (details === undefined ? nothing : this.detail(details)))}
      ${this.runs.show(
        ({ runs, timezone }) => this.table(runs, timezone),
        ({ runs }) => (runs.length === 0 ? 'Nothing ran yet.' : undefined),
      )}
    </section>`;
  }

  private table(runs: readonly Run[], timezone: string) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="List of runs">
      <table>
        <thead>
          <tr>
            <th>Run</th>
            <th>Status</th>
            <th>Started</th>
            <th class="number">Took</th>
            <th>Business date</th>
            <th>Temporal UI</th>
          </tr>
        </thead>
        <tbody>
          ${runs.map((run) => this.row(run, timezone, run === runs.find(({ id }) => id === this.chosen)))}
        </tbody>
      </table>
    </div>`;
  }

  private row(run: Run, timezone: string, isChosen: boolean) {
    const { id, status, startedAt, endedAt, businessDate, url } = run;
    return html`<tr aria-current=${isChosen ? 'true' : nothing}>
      <td><button class="plain" @click=${() => this.choose(id)}>${id}</button></td>
      <td><span class=${tone(status)}>${status}</span></td>
      <td>${time(startedAt, timezone)}</td>
      <td class="number">${endedAt === undefined ? '' : duration(Date.parse(endedAt) - Date.parse(startedAt))}</td>
      <td>${businessDate ?? ''}</td>
      <td>
        ${
          url === undefined
            ? nothing
            : html`<a href=${url} target="_blank" rel="noreferrer" aria-label=${`open ${id} in the Temporal UI`}
                >open</a
              >`
        }
      </td>
    </tr>`;
  }

  private choose(id: string): void {
    this.chosen = id;
    this.failure = undefined;
    replaceParams({ run: id });
  }

  private detail(run: RunDetails) {
    return html`<section class="panel" aria-label=${`Run ${run.id}`}>
      <div class="row">
        <h3>${run.id}: <span class=${tone(run.status)}>${run.status}</span></h3>
        ${run.status === 'running' ? html`<button @click=${() => this.cancel(run.id)}>Cancel it</button>` : nothing}
        <button @click=${() => this.choose('')}>Close</button>
      </div>
      ${this.failure === undefined ? nothing : failed(this.failure)}
      ${run.failure === undefined ? nothing : html`<pre class="bad">${run.failure}</pre>`}
      ${run.stages.length === 0 ? nothing : this.stages(run)}
    </section>`;
  }

  private stages({ id, stages }: RunDetails) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${`Stages of ${id}`}>
      <table>
        <thead>
          <tr>
            <th>Stage</th>
            <th>Status</th>
            <th class="number">Done</th>
            <th><span class="visually-hidden">Progress as a bar</span></th>
            <th>Detail</th>
          </tr>
        </thead>
        <tbody>
          ${stages.map(({ stage, status, done, total, unit, detail }) => {
            const part = status === 'done' ? 1 : total === undefined || total === 0 ? 0 : done / total;
            const of = total === undefined || status === 'done' ? '' : ` of ${count(total)}`;
            return html`<tr>
              <td>${stage}</td>
              <td><span class=${tone(status)}>${status}</span></td>
              <td class="number">${count(done)}${of} ${unit}</td>
              <td><hub-share-bar .value=${part}></hub-share-bar></td>
              <td>${detail ?? ''}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  private async cancel(id: string): Promise<void> {
    if (!confirm(`Cancel ${id}? What it committed stays.`)) return;
    this.failure = undefined;
    try {
      await hub.command('DELETE', `/v1/runs/${encodeURIComponent(id)}`);
    } catch (error) {
      this.failure = error;
    }
    this.again();
  }
}

function tone(status: string): string {
  if (status === 'failed' || status === 'terminated') return 'bad';
  if (status === 'completed' || status === 'done') return 'good';
  return status === 'running' ? 'warn' : 'quiet';
}

customElements.define('run-list', RunList);

declare global {
  interface HTMLElementTagNameMap {
    'run-list': RunList;
  }
}

import { LitElement, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import type { QuarantineAnswer, QuarantineRows } from '../../../../schemas/quarantine';
import type { RunStarted } from '../../../../schemas/runs';
import { count, day } from '../../../api/formats';
import { Answer, failed } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';

type Group = QuarantineAnswer['groups'][number];

const PAGE = 20;

/** What was refused, why, and as it came; once the mapping is mended, it is read again. Fires `started` with the run's id. */
export class QuarantineView extends LitElement {
  static override styles = controls;

  @state() private chosen: Group | undefined;
  @state() private cursor = 0;
  @state() private told: unknown = nothing;

  private readonly summary = new Answer(this, {
    args: () => [],
    task: ([], { signal }) => hub.ask<QuarantineAnswer>('/v1/quarantine', { signal }),
  });

  private readonly rows = new Answer(this, {
    args: () => [this.chosen?.source, this.chosen?.reason, this.cursor] as const,
    task: async ([source, reason, cursor], { signal }) => {
      if (source === undefined || reason === undefined) return undefined;
      const query = new URLSearchParams({ source, reason, limit: `${PAGE}`, cursor: `${cursor}` });
      return hub.ask<QuarantineRows>(`/v1/quarantine/rows?${query}`, { signal });
    },
  });

  protected override render() {
    return html`<section class="panel stack" aria-label="Quarantine">
      <h2>Quarantine</h2>
      ${this.summary.show(
        ({ total, groups }) =>
          html`<p>${count(total)} rows were refused; none is lost.</p>
            ${this.groups(groups)}`,
        ({ total }) => (total === 0 ? 'Nothing was refused.' : undefined),
      )}
      <div role="status">${this.told}</div>
      ${this.rows.show((rows) => (rows === undefined ? nothing : this.examples(rows)))}
    </section>`;
  }

  private groups(groups: readonly Group[]) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Reasons">
      <table>
        <thead>
          <tr>
            <th>Source</th>
            <th>Reason</th>
            <th class="number">Rows</th>
            <th>Between</th>
            <th>Again</th>
          </tr>
        </thead>
        <tbody>
          ${groups.map(
            (group) =>
              html`<tr>
                <td>${group.source}</td>
                <td><button class="plain" @click=${() => this.choose(group)}>${group.reason}</button></td>
                <td class="number">${count(group.rows)}</td>
                <td>${day(group.first)} and ${day(group.last)}</td>
                <td>
                  ${
                    group.redrivable === 0
                      ? html`<span class="quiet">correct the export</span>`
                      : html`<button
                          @click=${() => this.redrive(group)}
                          aria-label=${`Read ${count(group.redrivable)} again: ${group.source}, ${group.reason}`}
                        >
                          Read ${count(group.redrivable)} again
                        </button>`
                  }
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private choose(group: Group): void {
    this.chosen = group;
    this.cursor = 0;
  }

  private examples({ total, rows, next }: QuarantineRows) {
    return html`<section aria-label="Refused rows">
      <h3>${count(total)} rows of ${this.chosen?.source}: ${this.chosen?.reason}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Rows as they came">
        <table>
          <thead>
            <tr>
              <th>File</th>
              <th class="number">Row</th>
              <th>Reason</th>
              <th>As it came</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ file, row, reason, raw }) =>
                html`<tr>
                  <td>${file}</td>
                  <td class="number">${count(row)}</td>
                  <td>${reason}</td>
                  <td><code>${raw ?? ''}</code></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <div class="row">
        ${
          this.cursor === 0
            ? nothing
            : html`<button @click=${() => (this.cursor = Math.max(0, this.cursor - PAGE))}>Earlier rows</button>`
        }
        ${next === undefined ? nothing : html`<button @click=${() => (this.cursor = next)}>Next rows</button>`}
        <button @click=${() => (this.chosen = undefined)}>Close</button>
      </div>
    </section>`;
  }

  private async redrive({ source, reason }: Group): Promise<void> {
    this.told = 'Starting…';
    try {
      const input = { source, reason };
      const { id } = await hub.command<RunStarted>('POST', '/v1/runs', { workflow: 'redriveQuarantine', input });
      this.told = `Started ${id}: rows that the mapping takes now land, the others stay here.`;
      this.dispatchEvent(new CustomEvent('started', { detail: id, bubbles: true, composed: true }));
    } catch (error) {
      this.told = failed(error);
    }
  }
}

customElements.define('quarantine-view', QuarantineView);

import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { JourneyList, JourneySelection } from '../../../../schemas/frequency';
import { count, time, words } from '../../../api/formats';
import { Answer } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub, hubFacts } from '../../hub';
import { hrefOf } from '../../router';
import type { Whose } from './whose';

const PAGE = 25;

/** The customers behind one number of a frequency answer. Fires `close`. */
export class JourneyDrill extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) whose: Whose | undefined;
  @state() private cursor = 0;

  private readonly list = new Answer(this, {
    args: () => [this.whose, this.cursor] as const,
    task: async ([whose, cursor], { signal }) => {
      if (whose === undefined) return undefined;
      const body = { ...whose.question, of: whose.selection, limit: PAGE, cursor };
      const asked = { method: 'POST', body, signal } as const;
      const [list, { timezone }] = await Promise.all([
        hub.ask<JourneyList>('/v1/reports/journey-list', asked),
        hubFacts(),
      ]);
      return { ...list, timezone };
    },
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('whose')) this.cursor = 0;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('whose') && this.whose !== undefined) this.renderRoot.querySelector('section')?.focus();
  }

  protected override render() {
    if (this.whose === undefined) return nothing;
    return html`<section class="panel" aria-label="Whose journeys" tabindex="-1">
      ${this.list.show((list) => (list === undefined ? nothing : this.table(list)))}
      <button @click=${() => this.dispatchEvent(new Event('close'))}>Close</button>
    </section>`;
  }

  private table({ total, journeys, next, timezone }: JourneyList & { readonly timezone: string }) {
    return html`<h2><span id="total">${count(total)}</span> ${total === 1 ? 'journey' : 'journeys'}: ${this.what()}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Customers">
        <table>
          <thead>
            <tr>
              <th>Customer</th>
              <th>Event of interest</th>
            </tr>
          </thead>
          <tbody>
            ${journeys.map(
              ({ customer, at }) =>
                html`<tr>
                  <td><a href=${hrefOf('customer', { id: customer })}>${customer}</a></td>
                  <td>${time(at, timezone)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <p>
        ${
          this.cursor === 0
            ? nothing
            : html`<button @click=${() => (this.cursor = Math.max(0, this.cursor - PAGE))}>Earlier page</button>`
        }
        ${next === undefined ? nothing : html`<button @click=${() => (this.cursor = next)}>Next page</button>`}
      </p>`;
  }

  private what(): string {
    if (this.whose === undefined) return '';
    const { side, question, selection } = this.whose;
    const of = side === '' ? '' : `${side}, `;
    return `${of}${selectionWords(selection, question.as === 'start')}`;
  }
}

function selectionWords(selection: JourneySelection, isStart: boolean): string {
  if ('journey' in selection) return selection.journey.map(words).join(' → ');
  if ('path' in selection) {
    const path = selection.path.map(words).join(isStart ? ' → ' : ' ← ');
    return selection.outcome === 'other' ? `${path}, and then other steps` : path;
  }
  if ('outcome' in selection) return selection.outcome;
  return `${words(selection.step)}, ${placeOf(selection.offset)}`;
}

function placeOf(offset: number): string {
  if (offset === 0) return 'the event of interest';
  const steps = Math.abs(offset) === 1 ? 'one step' : `${Math.abs(offset)} steps`;
  return offset < 0 ? `${steps} before` : `${steps} after`;
}

customElements.define('journey-drill', JourneyDrill);

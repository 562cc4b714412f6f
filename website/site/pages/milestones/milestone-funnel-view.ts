import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { MilestoneFunnel } from '../../../../schemas/milestone-report';
import { count } from '../../../api/formats';
import { Answer } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';
import { hrefOf, replaceParams } from '../../router';
import '../../../parts/funnel-steps';

const MOST = 10;

/** How many customers get from milestone to milestone, how fast, and who does not. */
export class MilestoneFunnelView extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) known: readonly string[] = [];
  @property({ attribute: false }) params = new URLSearchParams();
  @state() private chosen: readonly string[] = [];

  private readonly funnel = new Answer(this, {
    args: () => [this.chosen.join('|')] as const,
    task: async ([names], { signal }) => {
      const milestones = names.split('|').filter((name) => name !== '');
      if (milestones.length < 2) return undefined;
      return hub.ask<MilestoneFunnel>('/v1/reports/milestone-funnel', { method: 'POST', body: { milestones }, signal });
    },
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('params')) this.chosen = this.params.getAll('funnel');
  }

  protected override render() {
    const left = this.known.filter((name) => !this.chosen.includes(name));
    return html`<section class="panel stack" aria-label="Funnel">
      <h2>Funnel</h2>
      <div class="row">
        ${this.chosen.map(
          (name) =>
            html`<button
              aria-label=${`Take ${name} out of the funnel`}
              @click=${() => this.choose(this.chosen.filter((other) => other !== name))}
            >
              ${name} ✕
            </button>`,
        )}
        <label>
          ${this.chosen.length === 0 ? 'Begins with' : 'And then'}
          <select .value=${''} ?disabled=${this.chosen.length >= MOST} @change=${this.add}>
            <option value="">choose a milestone</option>
            ${left.map((name) => html`<option value=${name}>${name}</option>`)}
          </select>
        </label>
      </div>
      ${this.funnel.show((funnel) =>
        funnel === undefined ? html`<p class="quiet">Choose two milestones or more.</p>` : this.shown(funnel),
      )}
    </section>`;
  }

  private readonly add = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    if (select.value !== '') this.choose([...this.chosen, select.value]);
    select.value = '';
  };

  private choose(chosen: readonly string[]): void {
    this.chosen = chosen;
    const params = new URLSearchParams(this.params);
    params.delete('funnel');
    for (const name of chosen) params.append('funnel', name);
    replaceParams(params);
  }

  private shown({ steps, dropOff }: MilestoneFunnel) {
    return html`<hub-funnel-steps .steps=${steps}></hub-funnel-steps> ${dropOff.map(
        ({ after, before, customers, list }) =>
          html`<details>
            <summary>${count(customers)} reached ${after}, and not ${before}</summary>
            <ul>
              ${list.map((customer) => html`<li><a href=${hrefOf('customer', { id: customer })}>${customer}</a></li>`)}
            </ul>
            ${list.length < customers ? html`<p class="quiet">Some of them.</p>` : nothing}
          </details>`,
      )}`;
  }
}

customElements.define('milestone-funnel-view', MilestoneFunnelView);

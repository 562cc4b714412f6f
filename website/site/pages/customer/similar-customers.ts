import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { SimilarJourneysAnswer } from '../../../../schemas/similarity';
import { count, share, words } from '../../../api/formats';
import { Answer } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';
import { hrefOf } from '../../router';
import '../../../parts/step-alignment';

type Match = SimilarJourneysAnswer['matches'][number];

/** Customers who go the same way, or were once at the same point, and what happened to them next. */
export class SimilarJourneys extends LitElement {
  static override styles = controls;

  @property() customer = '';
  @state() private minSimilarity = 0.7;
  @state() private steps = 6;
  @state() private event = 'churn';
  @state() private cursor = 0;

  private readonly answer = new Answer(this, {
    args: () => [this.customer, this.minSimilarity, this.steps, this.event, this.cursor] as const,
    task: ([customer, minSimilarity, steps, event, cursor], { signal }) =>
      hub.ask<SimilarJourneysAnswer>('/v1/reports/similar-journeys', {
        method: 'POST',
        body: {
          ...{ customer, minSimilarity, steps, cursor, limit: 5, at: 'anywhere' },
          ...(event !== '' && { outcome: { event, withinDays: 30 } }),
        },
        signal,
      }),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('customer')) this.cursor = 0;
  }

  protected override render() {
    const number = (field: 'minSimilarity' | 'steps', label: string, min: number, max: number, step: number) =>
      html`<label>
        ${label}
        <input
          type="number"
          min=${min}
          max=${max}
          step=${step}
          .value=${String(this[field])}
          @change=${(event: Event) => {
            const { valueAsNumber: value } = event.target as HTMLInputElement;
            if (value >= min && value <= max) this[field] = value;
            this.cursor = 0;
          }}
        />
      </label>`;
    return html`<section class="panel stack" aria-label="Similar customers">
      <h3>Others on the same path</h3>
      <div class="row">
        ${number('steps', 'Last steps', 1, 50, 1)} ${number('minSimilarity', 'Similarity', 0, 1, 0.05)}
        <label>
          What followed
          <input
            .value=${this.event}
            @change=${(event: Event) => (this.event = (event.target as HTMLInputElement).value.trim())}
          />
        </label>
      </div>
      ${this.answer.show((answer) => this.shown(answer))}
    </section>`;
  }

  private shown({ count: found, active, customers, outcome, matches, next }: SimilarJourneysAnswer) {
    return html`<p>
        <strong>${count(found)}</strong> of ${count(customers)} others were once at this point; ${count(active)} of them
        are active.
      </p>
      ${
        outcome === undefined || outcome.of === 0
          ? nothing
          : html`<p>
              <strong>${share(outcome.rate)}</strong> of them had ${words(this.event)} within 30 days
              (${share(outcome.interval[0])} to ${share(outcome.interval[1])}); of all customers
              ${share(outcome.base.rate)}.
            </p>`
      }
      ${matches.map((match) => this.match(match))}
      <div class="row">
        ${this.cursor === 0 ? nothing : html`<button @click=${() => (this.cursor = Math.max(0, this.cursor - 5))}>Nearer ones</button>`}
        ${next === undefined ? nothing : html`<button @click=${() => (this.cursor = next)}>More</button>`}
      </div>`;
  }

  private match({ customer, similarity, outcome, alignment }: Match) {
    return html`<article>
      <div>
        <a href=${hrefOf('customer', { id: customer })}>${customer}</a>
        <span class="quiet">
          ${share(similarity)}
          alike${outcome === undefined ? '' : outcome ? `; then ${words(this.event)}` : `; no ${words(this.event)}`}
        </span>
      </div>
      <hub-step-alignment .steps=${alignment}></hub-step-alignment>
    </article>`;
  }
}

customElements.define('similar-journeys', SimilarJourneys);

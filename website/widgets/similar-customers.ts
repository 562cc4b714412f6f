import { css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { SimilarJourneysAnswer } from '../../schemas/similarity';
import { count, decimal, share, words } from '../api/formats';
import { HubWidget } from './hub-widget';
import '../parts/step-alignment';

/** Who was once at the point where a customer is, and what happened to them then. Fires `customer-select`. */
export class SimilarCustomers extends HubWidget {
  static override styles = [
    HubWidget.styles,
    css`
      ul {
        display: grid;
        gap: 0.6rem;
      }
    `,
  ];

  @property() customer: string | null = null;
  /** How many of the customer's last steps are compared. */
  @property({ type: Number }) steps = 6;
  /** From 0 to 1. */
  @property({ type: Number, attribute: 'min-similarity' }) minSimilarity = 0.7;
  /** The event that may have followed, such as `churn`. */
  @property() outcome: string | null = null;
  @property({ type: Number, attribute: 'within-days' }) withinDays = 30;
  /** How many customers are shown at a time. */
  @property({ type: Number }) limit = 5;
  @state() private cursor = 0;

  protected readonly nobody = 'No customer is chosen.';
  protected readonly answer = this.asking(
    () => [this.steps, this.minSimilarity, this.outcome, this.withinDays, this.limit, this.cursor],
    ({ client }, signal) => {
      const { customer, steps, minSimilarity, outcome: event, withinDays, limit, cursor } = this;
      return client.ask<SimilarJourneysAnswer>('/v1/reports/similar-journeys', {
        method: 'POST',
        body: {
          ...{ customer, steps, minSimilarity, limit, cursor, at: 'anywhere' },
          ...(event && { outcome: { event, withinDays } }),
        },
        signal,
      });
    },
  );

  protected get defaultLabel() {
    return 'Others on the same path';
  }

  protected get subject() {
    return this.customer || undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('customer')) this.cursor = 0;
  }

  protected content() {
    return this.shown(this.answer, (answer) => this.others(answer));
  }

  private others({ count: found, active, customers, outcome, matches, next }: SimilarJourneysAnswer) {
    return html`<p>
        <strong>${count(found)}</strong> of ${count(customers)} others were once at this point; ${count(active)} of them
        are active.
      </p>
      ${outcome === undefined || outcome.of === 0 ? nothing : this.followed(outcome)}
      <ul>
        ${matches.map((match) => html`<li>${this.match(match)}</li>`)}
      </ul>
      <div class="row">
        ${
          this.cursor === 0
            ? nothing
            : html`<button @click=${() => (this.cursor = Math.max(0, this.cursor - this.limit))}>Nearer ones</button>`
        }
        ${next === undefined ? nothing : html`<button @click=${() => (this.cursor = next)}>More</button>`}
      </div>`;
  }

  private followed({ rate, interval: [least, most], base }: NonNullable<SimilarJourneysAnswer['outcome']>) {
    return html`<p>
      <strong>${share(rate)}</strong> of them had ${words(this.outcome ?? '')} within ${decimal(this.withinDays)} days
      (${share(least)} to ${share(most)}); of all customers ${share(base.rate)}.
    </p>`;
  }

  private match({ customer, similarity, outcome, alignment }: SimilarJourneysAnswer['matches'][number]) {
    const event = words(this.outcome ?? '');
    return html`<div>
        <button class="plain" @click=${() => this.tell('customer-select', { customer })}>${customer}</button>
        <span class="quiet">
          ${share(similarity)} alike${outcome === undefined ? '' : outcome ? `; then ${event}` : `; no ${event}`}
        </span>
      </div>
      <hub-step-alignment .steps=${alignment}></hub-step-alignment>`;
  }
}

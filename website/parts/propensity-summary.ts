import { LitElement, html } from 'lit';
import { property } from 'lit/decorators.js';
import type { CustomerPropensities } from '../../schemas/propensity-scores';
import { count, decimal, share, time } from '../api/formats';
import { controls } from '../style/controls';
import './reason-bars';
import './spark-line';

export type Propensity = CustomerPropensities['propensities'][number];

/** What a model says of a customer: how likely, beside whom, how it came to be, and why. */
export class PropensitySummary extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) propensity: Propensity | undefined;
  /** The hub's zone. */
  @property() timezone = 'UTC';

  protected override render() {
    if (this.propensity === undefined) return '';
    const { percentile, customers, asOf, version, trend, reasons, unexplained } = this.propensity;
    const scores = [this.propensity, ...trend].map(({ score }) => score).toReversed();
    return html`<div class="stack">
      <p>
        <strong>${scoreText(this.propensity)}</strong>: higher than ${decimal(percentile)} of a hundred of
        ${count(customers)} customers.
        <span class="quiet">As of ${time(asOf, this.timezone)}, version ${version.slice(0, 12)}.</span>
      </p>
      <hub-spark-line .values=${scores}></hub-spark-line>
      ${
        unexplained === undefined
          ? html`<hub-reason-bars .reasons=${reasons}></hub-reason-bars>`
          : html`<p class="quiet">${unexplained}</p>`
      }
    </div>`;
  }
}

/** A score in the reader's words: a probability as percent, of classes with the likeliest one's name. */
export function scoreText({ kind, score, class: name }: Pick<Propensity, 'kind' | 'score' | 'class'>): string {
  if (kind === 'score') return decimal(score);
  return name === undefined ? share(score) : `${name}, ${share(score)}`;
}

customElements.define('hub-propensity-summary', PropensitySummary);

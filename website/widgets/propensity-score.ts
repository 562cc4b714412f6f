import { html } from 'lit';
import { property } from 'lit/decorators.js';
import type { CustomerPropensities } from '../../schemas/propensity-scores';
import type { Propensity } from '../parts/propensity-summary';
import { HubWidget } from './hub-widget';
import '../parts/propensity-summary';

/** How likely a customer is to do something, and why. */
export class PropensityScore extends HubWidget {
  @property() customer: string | null = null;
  /** The model, such as `churn`; by default all that speak of the customer. */
  @property() model: string | null = null;

  protected readonly nobody = 'No customer is chosen.';
  protected readonly answer = this.asking(
    () => [],
    async (connection, signal) => {
      const path = `/v1/customers/${encodeURIComponent(this.subject ?? '')}/propensities`;
      const [{ propensities }, { timezone }] = await Promise.all([
        connection.client.ask<CustomerPropensities>(path, { signal }),
        connection.hubFacts(),
      ]);
      return { propensities, timezone };
    },
  );

  protected get defaultLabel() {
    return this.answer.value?.result.propensities.find(({ model }) => model === this.model)?.title ?? 'What is likely';
  }

  protected get subject() {
    return this.customer || undefined;
  }

  protected content() {
    return this.shown(
      this.answer,
      ({ propensities, timezone }) => html`${this.asked(propensities).map((one) => this.one(one, timezone))}`,
      ({ propensities }) => (this.asked(propensities).length === 0 ? this.unknown() : undefined),
    );
  }

  private asked(propensities: readonly Propensity[]) {
    return propensities.filter(({ model }) => this.model === null || model === this.model);
  }

  private unknown() {
    if (this.model === null) return 'No deployed model speaks of this customer.';
    return `No deployed version of ${this.model} speaks of this customer.`;
  }

  private one(propensity: Propensity, timezone: string) {
    return html`<div>
      ${this.model === null ? html`<strong>${propensity.title}</strong>` : ''}
      <hub-propensity-summary .propensity=${propensity} timezone=${timezone}></hub-propensity-summary>
    </div>`;
  }
}

import { LitElement, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { CustomerPropensities, WhatIfAnswer } from '../../../../schemas/propensity-scores';
import { Answer, failed } from '../../../parts/answer';
import { scoreText, type Propensity } from '../../../parts/propensity-summary';
import { controls } from '../../../style/controls';
import { hub, hubFacts } from '../../hub';

/** What is likely to happen to a customer, why, and what it would be otherwise. */
export class CustomerPropensitiesPanel extends LitElement {
  static override styles = controls;

  @property() customer = '';
  /** By model, what asking otherwise came to. */
  @state() private otherwise: Readonly<Record<string, unknown>> = {};

  private readonly answer = new Answer(this, {
    args: () => [this.customer] as const,
    task: async ([customer], { signal }) => {
      const path = `/v1/customers/${encodeURIComponent(customer)}/propensities`;
      const [{ propensities }, { timezone }] = await Promise.all([
        hub.ask<CustomerPropensities>(path, { signal }),
        hubFacts(),
      ]);
      return { propensities, timezone };
    },
  });

  protected override render() {
    return html`<section class="panel stack" aria-label="What is likely">
      <h3>What is likely</h3>
      ${this.answer.show(
        ({ propensities, timezone }) => propensities.map((one) => this.one(one, timezone)),
        ({ propensities }) => (propensities.length === 0 ? 'No deployed model speaks of this customer.' : undefined),
      )}
    </section>`;
  }

  private one(propensity: Propensity, timezone: string) {
    const { model, title, reasons } = propensity;
    return html`<article class="stack">
      <h4>${title}</h4>
      <hub-propensity-summary .propensity=${propensity} timezone=${timezone}></hub-propensity-summary>
      ${reasons.length === 0 ? nothing : this.whatIf(model, propensity)}
    </article>`;
  }

  private whatIf(model: string, { reasons }: Propensity) {
    return html`<details>
      <summary>What if it were otherwise</summary>
      <form class="stack" @submit=${(event: SubmitEvent) => this.ask(event, model, reasons)}>
        ${reasons.map(
          ({ feature, value, words }) =>
            html`<label>
              ${words}
              <input name=${feature} .value=${value === null ? '' : String(value)} placeholder="not known" />
            </label>`,
        )}
        <div class="row"><button>Ask</button></div>
        <div role="status">${this.otherwise[model] ?? nothing}</div>
      </form>
    </details>`;
  }

  private async ask(event: SubmitEvent, model: string, reasons: Propensity['reasons']): Promise<void> {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const instead = Object.fromEntries(
      reasons.map(({ feature, value }) => {
        const text = String(given.get(feature) ?? '').trim();
        return [feature, text === '' ? null : typeof value === 'number' ? Number(text) : text];
      }),
    );
    const tell = (told: unknown) => (this.otherwise = { ...this.otherwise, [model]: told });
    try {
      const answer = await hub.ask<WhatIfAnswer>(`/v1/propensities/${encodeURIComponent(model)}/what-if`, {
        method: 'POST',
        body: { customer: this.customer, instead },
      });
      tell(html`It would be <strong>${scoreText(answer)}</strong>, and is ${scoreText({ ...answer, ...answer.now })}.`);
    } catch (error) {
      tell(failed(error));
    }
  }
}

customElements.define('customer-propensities', CustomerPropensitiesPanel);

import { html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { MilestoneFunnel as Funnel } from '../../schemas/milestone-report';
import { count } from '../api/formats';
import { HubWidget } from './hub-widget';
import '../parts/funnel-steps';

/** How many customers get from milestone to milestone, and who does not. Fires `customer-select`. */
export class MilestoneFunnel extends HubWidget {
  /** Names of milestones in their order, separated by commas. */
  @property() milestones: string | null = null;
  /** Each at most so many hours after the one before. */
  @property({ type: Number, attribute: 'within-hours' }) withinHours: number | null = null;
  /** ISO times: only who reached the first milestone in between. */
  @property() from: string | null = null;
  @property() until: string | null = null;
  /** How many of those who drop off are listed, by step. */
  @property({ type: Number }) limit = 5;

  protected readonly nobody = 'Fewer than two milestones are chosen.';
  protected readonly answer = this.asking(
    () => [this.withinHours, this.from, this.until, this.limit],
    ({ client }, signal) => {
      const { withinHours, from, until, limit } = this;
      const body = {
        ...{ milestones: this.names, limit },
        ...(withinHours !== null && { withinHours }),
        ...(from !== null && { from }),
        ...(until !== null && { until }),
      };
      return client.ask<Funnel>('/v1/reports/milestone-funnel', { method: 'POST', body, signal });
    },
  );

  protected get defaultLabel() {
    return 'Milestones';
  }

  protected get subject() {
    return this.names.length < 2 ? undefined : this.names.join(',');
  }

  private get names(): string[] {
    return (this.milestones ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }

  protected content() {
    return this.shown(
      this.answer,
      ({ steps, dropOff }) =>
        html`<hub-funnel-steps .steps=${steps}></hub-funnel-steps>${dropOff.map((step) => this.lost(step))}`,
    );
  }

  private lost({ after, before, customers, list }: Funnel['dropOff'][number]) {
    return html`<details>
      <summary>${count(customers)} reached ${after}, and not ${before}</summary>
      <ul>
        ${list.map(
          (customer) =>
            html`<li>
              <button class="plain" @click=${() => this.tell('customer-select', { customer })}>${customer}</button>
            </li>`,
        )}
      </ul>
      ${list.length < customers ? html`<p class="quiet">Some of them.</p>` : nothing}
    </details>`;
  }
}

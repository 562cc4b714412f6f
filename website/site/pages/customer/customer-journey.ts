import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { CustomerMilestones } from '../../../../schemas/milestone-report';
import type { JourneyReport } from '../../../../schemas/report';
import { count, time, words } from '../../../api/formats';
import { journeyLanes } from '../../../charts/journey-lanes';
import { Answer } from '../../../parts/answer';
import { journeyEvents } from '../../../parts/journey-events';
import { controls } from '../../../style/controls';
import { hub, hubFacts } from '../../hub';
import '../../../charts/hub-chart';

const PAGE = 50;

/** A customer's steps across the channels, with the milestones that they reached. */
export class CustomerJourney extends LitElement {
  static override styles = [
    controls,
    css`
      hub-chart {
        height: 15rem;
      }
      .list {
        max-height: 22rem;
        overflow: auto;
      }
    `,
  ];

  @property() customer = '';
  @state() private cursor = 0;

  private readonly report = new Answer(this, {
    args: () => [this.customer, this.cursor] as const,
    task: async ([customer, cursor], { signal }) => {
      const body = { customer, cursor, limit: PAGE, similar: { limit: 0 } };
      const [report, milestones, { timezone }] = await Promise.all([
        hub.ask<JourneyReport>('/v1/reports/journey-report', { method: 'POST', body, signal }),
        hub.ask<CustomerMilestones>(`/v1/customers/${encodeURIComponent(customer)}/milestones?limit=200`, { signal }),
        hubFacts(),
      ]);
      return { report, milestones, timezone };
    },
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('customer')) this.cursor = 0;
  }

  protected override render() {
    return html`<section class="panel stack" aria-label="Journey">
      <h3>Journey</h3>
      ${this.report.show(({ report, milestones, timezone }) => this.shown(report, milestones, timezone))}
    </section>`;
  }

  private shown({ attributes, timeline }: JourneyReport, milestones: CustomerMilestones, timezone: string) {
    const { total, next } = timeline;
    const events = journeyEvents(timeline, milestones, this.cursor === 0);
    return html`<details>
        <summary>Personal data</summary>
        <dl>
          ${Object.entries(attributes).map(
            ([name, value]) =>
              html`<dt class="quiet">${words(name)}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
      </details>
      <hub-chart
        label="Steps over time by channel, with milestones; the list has the same"
        .option=${journeyLanes(events, timezone)}
      ></hub-chart>
      <p>${count(total)} steps, ${count(milestones.total)} milestones; the newest first.</p>
      <div class="list" tabindex="0" role="region" aria-label="Steps">
        <table>
          <thead>
            <tr>
              <th>When</th>
              <th>What</th>
              <th>Channel</th>
            </tr>
          </thead>
          <tbody>
            ${events.map(
              ({ at, name, lane, isMilestone }) =>
                html`<tr>
                  <td>${time(at, timezone)}</td>
                  <td>${isMilestone ? html`<span class="chip">milestone</span> ` : nothing}${words(name)}</td>
                  <td>${isMilestone ? '' : lane}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <div class="row">
        ${
          this.cursor === 0
            ? nothing
            : html`<button @click=${() => (this.cursor = Math.max(0, this.cursor - PAGE))}>Newer steps</button>`
        }
        ${next === undefined ? nothing : html`<button @click=${() => (this.cursor = next)}>Older steps</button>`}
      </div>`;
  }
}

customElements.define('customer-journey', CustomerJourney);

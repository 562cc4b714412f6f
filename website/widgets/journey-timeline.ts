import { css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { CustomerMilestones } from '../../schemas/milestone-report';
import type { JourneyReport } from '../../schemas/report';
import { count, time, words } from '../api/formats';
import { journeyEvents } from '../parts/journey-events';
import { HubWidget } from './hub-widget';

interface Page {
  readonly report: JourneyReport;
  readonly milestones: CustomerMilestones;
  readonly timezone: string;
}

/** What a customer went through, across all channels, the newest first. */
export class JourneyTimeline extends HubWidget {
  static override styles = [
    HubWidget.styles,
    css`
      ol {
        max-height: var(--hub-timeline-height, 24rem);
        overflow: auto;
      }
      li {
        position: relative;
        padding: 0 0 0.75rem 1.25rem;
        border-inline-start: 2px solid var(--hub-line);
        margin-inline-start: 0.45rem;
      }
      li::before {
        content: '';
        position: absolute;
        inset-inline-start: -0.42rem;
        top: 0.45rem;
        width: 0.7rem;
        height: 0.7rem;
        border-radius: 50%;
        background: var(--hub-accent);
      }
      li.milestone::before {
        border-radius: 0;
        rotate: 45deg;
        background: var(--hub-anchor);
      }
      dl {
        display: grid;
        grid-template-columns: fit-content(50%) minmax(0, 1fr);
        gap: 0.15rem 0.75rem;
        margin: 0.5rem 0 0;
      }
      dt,
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property() customer: string | null = null;
  /** How many steps are shown at a time. */
  @property({ type: Number }) limit = 20;
  @state() private cursor = 0;

  protected readonly nobody = 'No customer is chosen.';
  protected readonly answer = this.asking(
    () => [this.limit, this.cursor],
    async (connection, signal): Promise<Page> => {
      const { client } = connection;
      const { customer, cursor, limit } = this;
      const body = { customer, cursor, limit, similar: { limit: 0 } };
      const [report, milestones, { timezone }] = await Promise.all([
        client.ask<JourneyReport>('/v1/reports/journey-report', { method: 'POST', body, signal }),
        client.ask<CustomerMilestones>(`/v1/customers/${encodeURIComponent(customer ?? '')}/milestones?limit=200`, {
          signal,
        }),
        connection.hubFacts(),
      ]);
      return { report, milestones, timezone };
    },
  );

  protected get defaultLabel() {
    return 'Journey';
  }

  protected get subject() {
    return this.customer || undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('customer')) this.cursor = 0;
  }

  protected content() {
    return this.shown(this.answer, (page) => this.page(page));
  }

  private page({ report: { attributes, timeline }, milestones, timezone }: Page) {
    const { total, next } = timeline;
    return html`<p class="quiet">${count(total)} steps, ${count(milestones.total)} milestones; the newest first.</p>
      <ol tabindex="0" role="list" aria-label="Steps">
        ${journeyEvents(timeline, milestones, this.cursor === 0).map(
          ({ at, name, lane, isMilestone }) =>
            html`<li class=${isMilestone ? 'milestone' : ''}>
              <div>${words(name)} ${isMilestone ? html`<span class="chip">milestone</span>` : nothing}</div>
              <div class="quiet">${time(at, timezone)}${isMilestone ? '' : `, ${lane}`}</div>
            </li>`,
        )}
      </ol>
      <div class="row">
        ${
          this.cursor === 0
            ? nothing
            : html`<button @click=${() => (this.cursor = Math.max(0, this.cursor - this.limit))}>Newer steps</button>`
        }
        ${next === undefined ? nothing : html`<button @click=${() => (this.cursor = next)}>Older steps</button>`}
      </div>
      <details>
        <summary>Personal data</summary>
        <dl>
          ${Object.entries(attributes).map(
            ([name, value]) =>
              html`<dt class="quiet">${words(name)}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
      </details>`;
  }
}

import { css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { JourneyFrequencyAnswer } from '../../schemas/frequency';
import { count, duration, share, words } from '../api/formats';
import { HubWidget } from './hub-widget';
import '../parts/share-bar';

/** What people most often go through before or after an event. Fires `journey-select`. */
export class JourneyFrequency extends HubWidget {
  static override styles = [
    HubWidget.styles,
    css`
      ol {
        display: grid;
        gap: 0.6rem;
      }
      li {
        display: grid;
        gap: 0.15rem;
      }
    `,
  ];

  /** The event of interest; by default that of the hub's first question. */
  @property() event: string | null = null;
  /** Whether journeys end with the event, or start from it. */
  @property() as: 'start' | 'end' = 'end';
  @property({ type: Number }) steps = 5;
  @property({ type: Number }) top = 5;
  /** More of the question, as `POST /v1/reports/journey-frequency` takes it. */
  @property({ attribute: false }) question: Readonly<Record<string, unknown>> = {};

  protected readonly nobody = 'No event is chosen.';
  protected readonly answer = this.asking(
    () => [this.as, this.steps, this.top, this.question],
    async (connection, signal) => {
      const { as, steps, top, question } = this;
      const event = this.event ?? (await connection.hubFacts()).firstQuestion?.event;
      if (event === undefined) throw new Error('Give the attribute event: the hub has no first question.');
      const body = { ...question, event, as, steps, top };
      const answer = await connection.client.ask<JourneyFrequencyAnswer>('/v1/reports/journey-frequency', {
        ...{ method: 'POST', body, signal },
      });
      return { event, ...answer };
    },
  );

  protected get defaultLabel() {
    const { value } = this.answer;
    const event = this.event ?? value?.result.event;
    if (event === undefined) return 'Journeys';
    return `Journeys ${this.as === 'end' ? 'to' : 'from'} ${words(event)}`;
  }

  protected get subject() {
    return this.event ?? '';
  }

  protected content() {
    return this.shown(
      this.answer,
      (answer) => this.ranking(answer),
      ({ event, journeys }) => (journeys.length === 0 ? `No journey has ${words(event)}.` : undefined),
    );
  }

  private ranking({ event, journeys, customers }: JourneyFrequencyAnswer & { event: string }) {
    const largest = Math.max(...journeys.map((journey) => journey.share));
    return html`<p class="quiet">${count(customers)} customers had ${words(event)}.</p>
      <ol>
        ${journeys.map(
          ({ steps, count: times, share: part, medianMs }) =>
            html`<li>
              <button class="plain" @click=${() => this.tell('journey-select', { event, as: this.as, steps })}>
                ${steps.map(words).join(' → ')}
              </button>
              <hub-share-bar .value=${part / largest}></hub-share-bar>
              <span class="quiet">
                ${count(times)} customers,
                ${share(part)}${medianMs === undefined ? nothing : `, in ${duration(medianMs)}`}
              </span>
            </li>`,
        )}
      </ol>`;
  }
}

import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { JourneyFrequencyAnswer } from '../../../../schemas/frequency';
import { count, duration, share } from '../../../api/formats';
import { controls } from '../../../style/controls';
import type { PathStep } from './journey-path';
import { stepChosen, type Asked, type Whose } from './whose';
import '../../../parts/share-bar';
import './journey-path';

type Journey = JourneyFrequencyAnswer['journeys'][number];

/** The most frequent journeys. Fires `choose` with a `ChosenStep`, and `whose` with a `Whose`. */
export class JourneyTable extends LitElement {
  static override styles = [
    controls,
    css`
      td {
        vertical-align: middle;
      }
      td:first-child {
        min-width: 16rem;
      }
      @media (max-width: 44rem) {
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: flex;
          flex-wrap: wrap;
          gap: 0 1rem;
          align-items: center;
          padding: 0.4rem 0;
          border-bottom: 1px solid var(--hub-line);
        }
        td {
          padding: 0.1rem 0;
          border: none;
        }
        td:first-child {
          flex-basis: 100%;
        }
        td[data-label]::before {
          content: attr(data-label) ' ';
          color: var(--hub-quiet);
          font-size: 0.8rem;
        }
      }
    `,
  ];

  @property({ attribute: false }) asked: Asked | undefined;

  protected override render() {
    if (this.asked === undefined) return nothing;
    const { journeys } = this.asked.answer;
    const largest = Math.max(...journeys.map((journey) => journey.share));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Most frequent journeys">
      <table>
        <thead>
          <tr>
            <th>Journey</th>
            <th class="number">Journeys</th>
            <th class="number">Share</th>
            <th><span class="visually-hidden">Share as a bar</span></th>
            <th class="number">Median</th>
            <th class="number">9 of 10 within</th>
          </tr>
        </thead>
        <tbody>
          ${journeys.map((journey) => this.row(journey, largest))}
        </tbody>
      </table>
    </div>`;
  }

  private row(journey: Journey, largest: number) {
    const { steps, medianMs, p90Ms } = journey;
    const time = (ms: number | undefined) => (ms === undefined ? '' : duration(ms));
    return html`<tr>
      <td>
        <journey-path
          .steps=${steps}
          .as=${this.asked!.question.as ?? 'end'}
          @pick=${({ detail: { step, offset } }: CustomEvent<PathStep>) =>
            this.tell('choose', stepChosen([this.asked!], step, offset, steps))}
        ></journey-path>
      </td>
      <td class="number" data-label="Journeys">
        <button
          class="plain"
          @click=${() => this.tell('whose', this.whose(journey))}
          aria-label=${`Whose: ${count(journey.count)}`}
        >
          ${count(journey.count)}
        </button>
      </td>
      <td class="number" data-label="Share">${share(journey.share)}</td>
      <td><hub-share-bar .value=${journey.share / largest}></hub-share-bar></td>
      <td class="number" data-label="Median">${time(medianMs)}</td>
      <td class="number" data-label="9 of 10 within">${time(p90Ms)}</td>
    </tr>`;
  }

  private whose({ steps, count: journeys }: Journey): Whose {
    const { side, question } = this.asked!;
    return { side, question, count: journeys, selection: { journey: steps } };
  }

  private tell(what: 'choose' | 'whose', detail: object): void {
    this.dispatchEvent(new CustomEvent(what, { detail, bubbles: true }));
  }
}

customElements.define('journey-table', JourneyTable);

import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { JourneyComparison } from '../../../../schemas/frequency';
import { count, share } from '../../../api/formats';
import { controls } from '../../../style/controls';
import type { PathStep } from './journey-path';
import { stepChosen, type Asked, type Whose } from './whose';
import './journey-flows-view';
import './journey-path';

type Difference = JourneyComparison['journeys'][number];

/** What two segments do differently, side by side. Fires `choose` with a `ChosenStep`, and `whose` with a `Whose`. */
export class JourneyDifferences extends LitElement {
  static override styles = [
    controls,
    css`
      td {
        vertical-align: middle;
      }
    `,
  ];

  @property({ attribute: false }) comparison: JourneyComparison | undefined;
  /** Each side's own journeys. */
  @property({ attribute: false }) sides: readonly Asked[] = [];
  @property({ attribute: false }) steps: readonly string[] = [];
  /** Whom each side has, in words. */
  @property({ attribute: false }) names: readonly string[] = [];

  protected override render() {
    if (this.comparison === undefined) return nothing;
    const { a, b, journeys, tested, untested } = this.comparison;
    return html`<div class="stack">
      <div class="columns">${[a, b].map((side, index) => this.sideTile(side, this.names[index] ?? ''))}</div>
      <div class="columns">
        ${this.sides.map(
          (asked) =>
            html`<journey-flows-view
              narrow
              .asked=${asked}
              .steps=${this.steps}
              @choose=${this.pass}
              @whose=${this.pass}
            ></journey-flows-view>`,
        )}
      </div>
      <section class="panel">
        <h2>What they do differently</h2>
        <p>
          ${count(tested)} different journeys were tested, ${count(untested)} are too rare to be.
          ${journeys.length === 0 ? 'None is frequent enough on both sides.' : ''}
        </p>
        ${journeys.length === 0 ? nothing : this.table(journeys, a.name, b.name)}
      </section>
    </div>`;
  }

  private sideTile({ name, customers, allCustomers }: JourneyComparison['a'], who: string) {
    return html`<section class="panel" aria-label=${`Segment ${name}`}>
      <strong>${name}</strong>: ${who}<br />
      <strong>${count(customers)}</strong> of ${count(allCustomers)} customers had the event
      (${share(customers / Math.max(1, allCustomers))})
    </section>`;
  }

  private table(journeys: readonly Difference[], a: string, b: string) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Differences">
      <table>
        <thead>
          <tr>
            <th>Journey</th>
            <th class="number">${a}</th>
            <th class="number">${b}</th>
            <th class="number">Difference</th>
            <th class="number">95 % interval</th>
            <th>Beyond chance</th>
          </tr>
        </thead>
        <tbody>
          ${journeys.map((journey) => this.row(journey))}
        </tbody>
      </table>
    </div>`;
  }

  private row(journey: Difference) {
    const { steps, difference, interval, falseDiscoveryRate } = journey;
    return html`<tr>
      <td>
        <journey-path
          .steps=${steps}
          .as=${this.sides[0]?.question.as ?? 'end'}
          @pick=${({ detail: { step, offset } }: CustomEvent<PathStep>) =>
            this.tell('choose', stepChosen(this.sides, step, offset, steps))}
        ></journey-path>
      </td>
      ${this.sideShare(journey, 0)} ${this.sideShare(journey, 1)}
      <td class="number">${difference > 0 ? '+' : ''}${share(difference)}</td>
      <td class="number">${interval.map(share).join(' to ')}</td>
      <td>${falseDiscoveryRate < 0.05 ? 'yes' : 'no'}</td>
    </tr>`;
  }

  private sideShare(journey: Difference, index: 0 | 1) {
    const { count: journeys, share: part } = journey[index === 0 ? 'a' : 'b'];
    const asked = this.sides[index];
    return html`<td class="number">
      ${share(part)}
      ${
        asked === undefined
          ? nothing
          : html`<button
              class="plain"
              aria-label=${`Whose in ${asked.side}: ${count(journeys)}`}
              @click=${() => this.tell('whose', whoseOf(asked, journey.steps, journeys))}
            >
              ${count(journeys)}
            </button>`
      }
    </td>`;
  }

  /** What a chart tells is told on. */
  private readonly pass = ({ type, detail }: Event & { readonly detail?: object }): void => {
    this.tell(type as 'choose' | 'whose', detail ?? {});
  };

  private tell(what: 'choose' | 'whose', detail: object): void {
    this.dispatchEvent(new CustomEvent(what, { detail, bubbles: true }));
  }
}

function whoseOf({ side, question }: Asked, journey: string[], journeys: number): Whose {
  return { side, question, count: journeys, selection: { journey } };
}

customElements.define('journey-differences', JourneyDifferences);

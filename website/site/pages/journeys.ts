import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { JourneyComparison, JourneyFrequencyAnswer, JourneySelection } from '../../../schemas/frequency';
import type { StepTypesAnswer } from '../../../schemas/step-types';
import { count, duration, share, words } from '../../api/formats';
import { journeyIcicle } from '../../charts/journey-icicle';
import { journeySankey, type SankeyNode } from '../../charts/journey-sankey';
import type { IciclePiece } from '../../charts/journey-icicle';
import { Answer } from '../../parts/answer';
import { controls } from '../../style/controls';
import { hub, hubFacts } from '../hub';
import { replaceParams } from '../router';
import { fromParams, sidesOf, toParams, toQuestion, type JourneyView } from './journeys/view';
import '../../charts/hub-chart';
import '../../parts/search-box';
import '../../parts/share-bar';
import './journeys/journey-drill';
import './journeys/segment-editor';
import './journeys/saved-views';

/** What people go through before or after an event: the most frequent journeys, who went them, and what two segments do differently. */
export class JourneysPage extends LitElement {
  static override styles = [
    controls,
    css`
      .path {
        display: flex;
        flex-wrap: wrap;
        gap: 0.15rem 0.35rem;
        align-items: center;
      }
      .path button {
        min-height: 1.6rem;
        padding: 0 0.5rem;
        border-radius: 1rem;
        background: var(--hub-sunken);
        font-size: 0.88rem;
      }
      .path button.anchor {
        color: var(--hub-anchor);
        font-weight: 600;
      }
      .menu {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: center;
        border-color: var(--hub-accent);
      }
      td:first-child {
        min-width: 16rem;
      }
      hub-chart {
        height: 24rem;
      }
    `,
  ];

  @property({ attribute: false }) params = new URLSearchParams();
  @state() private view: JourneyView = fromParams(new URLSearchParams());
  @state() private selection: JourneySelection | undefined;
  /** The step that was clicked at, and where. */
  @state() private clicked: { readonly step: string; readonly offset: number } | undefined;

  private readonly steps = new Answer(this, {
    args: () => [],
    task: ([], { signal }) => hub.ask<StepTypesAnswer>('/v1/steps', { signal }),
  });

  private readonly frequency = new Answer(this, {
    args: () => [JSON.stringify(this.view.event === '' || this.view.compare ? null : toQuestion(this.view))] as const,
    task: async ([question], { signal }) =>
      question === 'null'
        ? undefined
        : hub.ask<JourneyFrequencyAnswer>('/v1/reports/journey-frequency', {
            method: 'POST',
            body: JSON.parse(question),
            signal,
          }),
  });

  private readonly comparison = new Answer(this, {
    args: () => [JSON.stringify(this.view.event !== '' && this.view.compare ? sidesOf(this.view) : null)] as const,
    task: async ([question], { signal }) =>
      question === 'null'
        ? undefined
        : hub.ask<JourneyComparison>('/v1/reports/journey-comparison', {
            method: 'POST',
            body: JSON.parse(question),
            signal,
          }),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('params')) return;
    this.view = fromParams(this.params);
    this.selection = undefined;
    this.clicked = undefined;
    if (this.view.event === '') void this.askFirstQuestion();
  }

  private async askFirstQuestion(): Promise<void> {
    const { firstQuestion } = await hubFacts();
    if (firstQuestion !== undefined && this.view.event === '') this.change({ ...firstQuestion });
  }

  private change(part: Partial<JourneyView>): void {
    this.view = { ...this.view, ...part };
    this.selection = undefined;
    this.clicked = undefined;
    replaceParams(toParams(this.view));
  }

  protected override render() {
    return html`<div class="stack">
      <div>
        <h1>Journeys</h1>
        <p class="quiet">What customers go through before an event, or after it.</p>
      </div>
      ${this.form()}
      ${
        this.view.event === ''
          ? html`<p class="quiet">Choose an event of interest to begin.</p>`
          : this.view.compare
            ? this.compared()
            : this.found()
      }
    </div>`;
  }

  private form() {
    const { view } = this;
    const options = (this.steps.value?.steps ?? []).map(({ step, events }) => ({ value: step, note: count(events) }));
    const number = (field: 'steps' | 'top', label: string, most: number) =>
      html`<label>
        ${label}
        <input
          type="number"
          min="1"
          max=${most}
          .value=${String(view[field])}
          @change=${(event: Event) => {
            const value = Math.round((event.target as HTMLInputElement).valueAsNumber);
            if (value >= 1 && value <= most) this.change({ [field]: value });
          }}
        />
      </label>`;
    return html`<section class="panel stack" aria-label="Question">
      <div class="row">
        <label>
          Journeys that
          <select @change=${(event: Event) => this.change({ as: (event.target as HTMLSelectElement).value as 'end' })}>
            <option value="end" ?selected=${view.as === 'end'}>end with</option>
            <option value="start" ?selected=${view.as === 'start'}>start from</option>
          </select>
        </label>
        <search-box
          label="Event of interest"
          placeholder="Type to search"
          .value=${view.event}
          .options=${options}
          @choose=${({ detail }: CustomEvent<string>) => this.change({ event: detail, through: [] })}
        ></search-box>
        ${number('steps', 'Steps', 30)} ${number('top', 'Journeys', 200)}
        <label>
          In a row
          <select
            @change=${(event: Event) => this.change({ repeats: (event.target as HTMLSelectElement).value as 'keep' })}
          >
            <option value="keep" ?selected=${view.repeats === 'keep'}>count each</option>
            <option value="collapse" ?selected=${view.repeats === 'collapse'}>count once</option>
          </select>
        </label>
        <button aria-pressed=${view.compare} @click=${() => this.change({ compare: !view.compare })}>
          Compare two segments
        </button>
      </div>
      ${this.conditions()}
      <div class="columns">
        <segment-editor
          .name=${view.compare ? 'A' : ''}
          .segment=${view.a}
          .options=${options}
          @change=${({ detail }: CustomEvent) => this.change({ a: detail })}
        ></segment-editor>
        ${
          view.compare
            ? html`<segment-editor
                name="B"
                .segment=${view.b}
                .options=${options}
                @change=${({ detail }: CustomEvent) => this.change({ b: detail })}
              ></segment-editor>`
            : nothing
        }
      </div>
      <saved-views .params=${toParams(view).toString()}></saved-views>
    </section>`;
  }

  /** What clicks at steps have added to the question, to be taken back. */
  private conditions() {
    const { through, ignore } = this.view;
    if (through.length + ignore.length === 0) return nothing;
    const chip = (field: 'through' | 'ignore', label: string, step: string) =>
      html`<button
        @click=${() => this.change({ [field]: this.view[field].filter((other) => other !== step) })}
        aria-label=${`Take back: ${label} ${words(step)}`}
      >
        ${label} <strong>${words(step)}</strong> ✕
      </button>`;
    return html`<div class="row">
      ${through.map((step) => chip('through', 'through', step))}
      ${ignore.map((step) => chip('ignore', 'without', step))}
    </div>`;
  }

  private found() {
    return this.frequency.show(
      (answer) => (answer === undefined ? nothing : this.answered(answer)),
      (answer) => (answer?.journeys.length === 0 ? 'No customer of the segment went such a journey.' : undefined),
    );
  }

  private answered(answer: JourneyFrequencyAnswer) {
    const { as } = this.view;
    const steps = (this.steps.value?.steps ?? []).map(({ step }) => step);
    return html`
      <p>
        <strong>${count(answer.customers)}</strong> customers had the
        event${
          answer.allCustomers === undefined
            ? ''
            : ` (${share(answer.customers / Math.max(1, answer.allCustomers))} of ${count(answer.allCustomers)} looked at)`
        }.
        Click a step to fix it, to look away from it, or to see whose journeys they are.
      </p>
      ${this.menu()}
      <journey-drill
        .question=${toQuestion(this.view)}
        .selection=${this.selection}
        @close=${() => (this.selection = undefined)}
      ></journey-drill>
      <div class="columns">
        <section class="panel">
          <h2>Flows of the ${answer.journeys.length} most frequent journeys</h2>
          <hub-chart
            label="Flows from step to step; the table below has the same journeys"
            .option=${journeySankey(answer.journeys, as, steps)}
            @pick=${({ detail }: CustomEvent<Partial<SankeyNode>>) =>
              detail.step !== undefined && this.open(detail.step, detail.offset!)}
          ></hub-chart>
        </section>
        ${
          answer.tree === undefined
            ? nothing
            : html`<section class="panel">
                <h2>All journeys, step by step</h2>
                <hub-chart
                  label="All journeys as a tree of steps; rare branches are folded"
                  .option=${journeyIcicle(answer.tree, as, steps)}
                  @pick=${({ detail }: CustomEvent<IciclePiece>) => this.pickPiece(detail)}
                ></hub-chart>
              </section>`
        }
      </div>
      <section class="panel">
        <h2>Most frequent journeys</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Most frequent journeys">${this.table(answer)}</div>
      </section>
    `;
  }

  private table({ journeys }: JourneyFrequencyAnswer) {
    const largest = Math.max(...journeys.map((journey) => journey.share));
    return html`<table>
      <thead>
        <tr>
          <th>Journey</th>
          <th class="number">Customers</th>
          <th class="number">Share</th>
          <th><span class="visually-hidden">Share as a bar</span></th>
          <th class="number">Median</th>
          <th class="number">9 of 10 within</th>
        </tr>
      </thead>
      <tbody>
        ${journeys.map(
          (journey) =>
            html`<tr>
              <td>${this.path(journey.steps)}</td>
              <td class="number">
                <button
                  class="plain"
                  @click=${() => (this.selection = { journey: journey.steps })}
                  aria-label=${`Who: ${count(journey.count)} customers`}
                >
                  ${count(journey.count)}
                </button>
              </td>
              <td class="number">${share(journey.share)}</td>
              <td><share-bar .value=${journey.share / largest}></share-bar></td>
              <td class="number">${journey.medianMs === undefined ? '' : duration(journey.medianMs)}</td>
              <td class="number">${journey.p90Ms === undefined ? '' : duration(journey.p90Ms)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private path(steps: readonly string[]) {
    const anchor = this.view.as === 'end' ? steps.length - 1 : 0;
    return html`<span class="path">
      ${steps.map(
        (step, index) =>
          html`${index === 0 ? nothing : html`<span aria-hidden="true">→</span>`}<button
              class=${index === anchor ? 'anchor' : ''}
              @click=${() => this.open(step, index - anchor)}
            >
              ${words(step)}
            </button>`,
      )}
    </span>`;
  }

  private open(step: string, offset: number): void {
    this.clicked = { step, offset };
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.menu button')?.focus());
  }

  private pickPiece(piece: IciclePiece): void {
    this.clicked = undefined;
    this.selection = piece.kind === 'step' ? { path: [...piece.path], outcome: 'any', shown: [] } : this.folded(piece);
  }

  /** The journeys that were folded at a node: all but those of its branches that are shown. */
  private folded({ path }: IciclePiece): JourneySelection {
    let node = this.frequency.value?.tree;
    for (const step of path.slice(1)) node = node?.children.find((child) => child.step === step);
    return { path: [...path], outcome: 'other', shown: (node?.children ?? []).map(({ step }) => step) };
  }

  private menu() {
    if (this.clicked === undefined) return nothing;
    const { step, offset } = this.clicked;
    const { through, ignore } = this.view;
    const isAnchor = offset === 0;
    return html`<section class="panel menu" aria-label=${`Step ${words(step)}`}>
      <strong>${words(step)}</strong>
      ${
        isAnchor
          ? nothing
          : html`<button @click=${() => this.change({ through: [...new Set([...through, step])] })}>Fix it</button>
              <button @click=${() => this.change({ ignore: [...new Set([...ignore, step])] })}>
                Look away from it
              </button>`
      }
      <button @click=${() => this.drill({ offset, step })}>Whose journeys</button>
      <button @click=${() => (this.clicked = undefined)}>Close</button>
    </section>`;
  }

  private drill(selection: JourneySelection): void {
    this.selection = selection;
    this.clicked = undefined;
  }

  private compared() {
    return this.comparison.show(
      (answer) => (answer === undefined ? nothing : this.difference(answer)),
      (answer) =>
        answer?.journeys.length === 0 ? 'No journey is frequent enough on both sides to be compared.' : undefined,
    );
  }

  private difference({ a, b, journeys, tested, untested }: JourneyComparison) {
    const side = ({ name, customers, allCustomers }: JourneyComparison['a']) =>
      html`<strong>${name}</strong>: ${count(customers)} of ${count(allCustomers)} customers had the event`;
    return html`<section class="panel">
      <h2>What they do differently</h2>
      <p>${side(a)}. ${side(b)}. ${count(tested)} journeys were tested, ${count(untested)} are too rare.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Differences">
        <table>
          <thead>
            <tr>
              <th>Journey</th>
              <th class="number">${a.name}</th>
              <th class="number">${b.name}</th>
              <th class="number">Difference</th>
              <th class="number">95 % interval</th>
              <th>Beyond chance</th>
            </tr>
          </thead>
          <tbody>
            ${journeys.map(
              (journey) =>
                html`<tr>
                  <td>${this.path(journey.steps)}</td>
                  <td class="number">
                    ${share(journey.a.share)} <span class="quiet">(${count(journey.a.count)})</span>
                  </td>
                  <td class="number">
                    ${share(journey.b.share)} <span class="quiet">(${count(journey.b.count)})</span>
                  </td>
                  <td class="number">${journey.difference > 0 ? '+' : ''}${share(journey.difference)}</td>
                  <td class="number">${journey.interval.map(share).join(' to ')}</td>
                  <td>${journey.falseDiscoveryRate < 0.05 ? 'yes' : 'no'}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }
}

customElements.define('journeys-page', JourneysPage);

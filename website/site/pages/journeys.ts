import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { JourneyComparison, JourneyFrequencyAnswer, JourneyFrequencyInput } from '../../../schemas/frequency';
import type { StepTypesAnswer } from '../../../schemas/step-types';
import { count, share, words } from '../../api/formats';
import { Answer } from '../../parts/answer';
import { focused } from '../../parts/focus';
import { controls } from '../../style/controls';
import { hub, hubFacts } from '../hub';
import { replaceParams } from '../router';
import {
  fromParams,
  segmentWords,
  sidesOf,
  throughAlso,
  toParams,
  toQuestion,
  type JourneyView,
} from './journeys/view';
import { placesOf, type Asked, type ChosenStep, type Whose } from './journeys/whose';
import '../../parts/search-box';
import './journeys/journey-differences';
import './journeys/journey-drill';
import './journeys/journey-flows-view';
import './journeys/journey-table';
import './journeys/saved-views';
import './journeys/segment-editor';
import './journeys/step-menu';

/** What people go through before or after an event: the most frequent journeys, who went them, and what two segments do differently. */
export class JourneysPage extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) params = new URLSearchParams();
  @state() private view: JourneyView = fromParams(new URLSearchParams());
  /** The number that the reader looks behind. */
  @state() private whose: Whose | undefined;
  @state() private chosen: ChosenStep | undefined;
  /** What had the focus before a menu or a list took it. */
  private opener: HTMLElement | undefined;

  private readonly steps = new Answer(this, {
    args: () => [],
    task: async ([], { signal }) => {
      const { steps } = await hub.ask<StepTypesAnswer>('/v1/steps', { signal });
      const options = steps.map(({ step, events }) => ({ value: step, note: count(events) }));
      return { options, names: steps.map(({ step }) => step) };
    },
  });

  private readonly answers = new Answer(this, {
    args: () => [JSON.stringify(this.view)] as const,
    task: async ([view], { signal }) => answersOf(JSON.parse(view) as JourneyView, signal),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('params')) return;
    this.view = fromParams(this.params);
    this.whose = undefined;
    this.chosen = undefined;
    if (this.view.event === '') void this.askFirstQuestion();
  }

  private async askFirstQuestion(): Promise<void> {
    // A hub that fails to say it leaves the choice to the reader.
    const facts = await hubFacts().catch(() => undefined);
    if (facts?.firstQuestion !== undefined && this.view.event === '') this.change({ ...facts.firstQuestion });
  }

  private change(part: Partial<JourneyView>): void {
    this.view = { ...this.view, ...part };
    this.whose = undefined;
    this.chosen = undefined;
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
          : this.answers.show((answers) => (answers === undefined ? nothing : this.answered(answers)))
      }
    </div>`;
  }

  private form() {
    const { view } = this;
    const options = this.steps.value?.options;
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
      ${this.steps.trouble()} ${this.conditions()}
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
    return html`<div class="row" id="conditions">
      ${through.map((step) => chip('through', 'through', step))}
      ${ignore.map((step) => chip('ignore', 'without', step))}
    </div>`;
  }

  private answered({ asked, comparison }: Answers) {
    const steps = this.steps.value?.names ?? [];
    const [{ answer }] = asked;
    return html`
      <p>
        ${comparison === undefined ? this.summary(answer) : nothing} Click a step to fix it, to look away from it, or to
        see whose journeys they are.
      </p>
      <step-menu
        .chosen=${this.chosen}
        ?hidden=${this.chosen === undefined}
        @fix=${() => this.fix(answer)}
        @ignore=${() => this.chosen && this.refine({ ignore: [...new Set([...this.view.ignore, this.chosen.step])] })}
        @whose=${({ detail }: CustomEvent<Whose>) => this.look(detail)}
        @close=${this.close}
      ></step-menu>
      <journey-drill .whose=${this.whose} ?hidden=${this.whose === undefined} @close=${this.close}></journey-drill>
      <div
        class="stack"
        @choose=${({ detail }: CustomEvent<ChosenStep>) => this.choose(detail)}
        @whose=${({ detail }: CustomEvent<Whose>) => this.look(detail)}
      >
        ${comparison === undefined ? this.found(asked[0], steps) : this.compared(asked, comparison, steps)}
      </div>
    `;
  }

  private summary({ customers, allCustomers }: JourneyFrequencyAnswer) {
    return html`<strong>${count(customers)}</strong> customers had the
      event${
        allCustomers === undefined
          ? ''
          : ` (${share(customers / Math.max(1, allCustomers))} of ${count(allCustomers)} looked at)`
      }.`;
  }

  private found(asked: Asked, steps: readonly string[]) {
    if (asked.answer.journeys.length === 0) return html`<p class="quiet">No customer went such a journey.</p>`;
    return html`<journey-flows-view .asked=${asked} .steps=${steps}></journey-flows-view>
      <section class="panel">
        <h2>Most frequent journeys</h2>
        <journey-table .asked=${asked}></journey-table>
      </section>`;
  }

  private compared(asked: readonly Asked[], comparison: JourneyComparison, steps: readonly string[]) {
    const names = [this.view.a, this.view.b].map(segmentWords);
    return html`<journey-differences
      .comparison=${comparison}
      .sides=${asked}
      .steps=${steps}
      .names=${names}
    ></journey-differences>`;
  }

  private choose(chosen: ChosenStep): void {
    this.opener = focused();
    this.chosen = chosen;
    this.whose = undefined;
  }

  private look(whose: Whose): void {
    // From the menu, one comes back to where the menu was opened.
    if (this.chosen === undefined) this.opener = focused();
    this.whose = whose;
    this.chosen = undefined;
  }

  private readonly close = (): void => {
    this.chosen = undefined;
    this.whose = undefined;
    this.opener?.focus();
  };

  private fix(answer: JourneyFrequencyAnswer): void {
    if (this.chosen === undefined) return;
    const { step } = this.chosen;
    this.refine({ through: throughAlso(this.view.through, step, placesOf(this.chosen, answer)) });
  }

  /** Whoever chose by the keyboard is led to what takes it back. */
  private refine(part: Partial<JourneyView>): void {
    this.change(part);
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('#conditions button:last-child')?.focus(),
    );
  }
}

interface Answers {
  readonly asked: readonly [Asked, ...Asked[]];
  readonly comparison?: JourneyComparison;
}

/** What a view shows: the journeys of each of its segments, and of two, what they do differently. */
async function answersOf(view: JourneyView, signal: AbortSignal): Promise<Answers | undefined> {
  if (view.event === '') return undefined;
  const { timezone } = await hubFacts();
  const ask = async (side: string, question: JourneyFrequencyInput): Promise<Asked> => {
    const asked = { method: 'POST', body: question, signal } as const;
    return { side, question, answer: await hub.ask<JourneyFrequencyAnswer>('/v1/reports/journey-frequency', asked) };
  };
  if (!view.compare) return { asked: [await ask('', toQuestion(view, timezone))] };
  const body = sidesOf(view, timezone);
  const [a, b, comparison] = await Promise.all([
    ask('A', toQuestion(view, timezone, 'a')),
    ask('B', toQuestion(view, timezone, 'b')),
    hub.ask<JourneyComparison>('/v1/reports/journey-comparison', { method: 'POST', body, signal }),
  ]);
  return { asked: [a, b], comparison };
}

customElements.define('journeys-page', JourneysPage);

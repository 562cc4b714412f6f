import { LitElement, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { PropensityModelList } from '../../../schemas/propensity-training';
import { Answer } from '../../parts/answer';
import { controls } from '../../style/controls';
import { hub, hubFacts } from '../hub';
import { replaceParams } from '../router';
import './models/model-actions';
import './models/model-versions';
import './models/model-watch';

type Model = PropensityModelList['models'][number];

/** Models of what is likely to happen: which version answers, how good it is, and whether it still fits. */
export class ModelsPage extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) params = new URLSearchParams();
  @state() private chosen = '';

  private readonly list = new Answer(this, {
    args: () => [],
    task: async ([], { signal }) => {
      const [{ models }, { timezone }] = await Promise.all([
        hub.ask<PropensityModelList>('/v1/propensity-models', { signal }),
        hubFacts(),
      ]);
      return { models, timezone };
    },
  });

  protected override render() {
    return html`<div class="stack">
      <div>
        <h1>Models</h1>
        <p class="quiet">What is likely to happen, and how far it can be trusted.</p>
      </div>
      ${this.list.show(
        ({ models, timezone }) => this.shown(models, timezone),
        ({ models }) => (models.length === 0 ? 'The hub has no file in models/.' : undefined),
      )}
    </div>`;
  }

  private shown(models: readonly Model[], timezone: string) {
    const name = this.chosen || (this.params.get('model') ?? models[0]!.model);
    const model = models.find((candidate) => candidate.model === name);
    return html`<div class="row">
        <label>
          Model
          <select @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
            ${models.map((one) => html`<option value=${one.model} ?selected=${one.model === name}>${one.title}</option>`)}
          </select>
        </label>
      </div>
      ${
        model === undefined
          ? html`<p class="bad" role="alert">There is no model “${name}”.</p>`
          : html`<p>${model.description}</p>
              <model-actions .model=${model} @changed=${() => this.list.again()}></model-actions>
              <model-versions .model=${model} .timezone=${timezone}></model-versions>
              ${model.watch === null ? nothing : html`<model-watch .watch=${model.watch} .timezone=${timezone}></model-watch>`}`
      }`;
  }

  private choose(model: string): void {
    this.chosen = model;
    replaceParams({ model });
  }
}

customElements.define('models-page', ModelsPage);

import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { DecisionTaken, LastTraining, PropensityModelList } from '../../../../schemas/propensity-training';
import { Answer, failed } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';
import { hrefOf } from '../../router';

type Model = PropensityModelList['models'][number];

const VERBS = { approve: 'approved', reject: 'rejected', 'roll-back': 'rolled back' } as const;
type Verb = keyof typeof VERBS;

/** Trains a model, and says which version may answer. Fires `changed`. */
export class ModelActions extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) model: Model | undefined;
  @state() private told: unknown = nothing;

  private readonly training = new Answer(this, {
    args: () => [this.model?.model ?? ''] as const,
    task: ([model], { signal }) => hub.ask<LastTraining>(`${pathOf(model)}/training`, { signal }),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('model') as Model | undefined;
    if (before !== undefined && before.model !== this.model?.model) this.told = nothing;
  }

  protected override render() {
    return html`<section class="panel stack" aria-label="Training and decisions">
      <h2>Training and decisions</h2>
      ${this.training.show((training) => this.state(training))}
      <div class="row"><button @click=${this.train}>Train it</button></div>
      <form class="row" @submit=${this.decide}>
        <label>Who decides <input name="author" required maxlength="200" /></label>
        <label>Why <input name="reason" required maxlength="2000" /></label>
        <button name="verb" value="approve">Approve what waits</button>
        <button name="verb" value="reject">Reject it</button>
        ${this.model?.deployed === null ? nothing : html`<button name="verb" value="roll-back">Roll back</button>`}
      </form>
      <div role="status">${this.told}</div>
    </section>`;
  }

  private state({ workflowId, state: now, failure }: LastTraining) {
    switch (now) {
      case 'none':
        return html`<p class="quiet">It was never trained, or too long ago to tell.</p>`;
      case 'failed':
        return html`<p class="bad">The last training failed: ${failure ?? 'the Temporal UI tells why'}</p>`;
      case 'running':
        return html`<p class="warn">
          It is being trained, or waits for a decision: <a href=${hrefOf('operations', { run: workflowId })}>how far</a>
        </p>`;
      default:
        return html`<p>The last training ${now}.</p>`;
    }
  }

  private readonly train = (): Promise<void> =>
    this.command(async () => {
      await hub.command('POST', `${pathOf(this.model!.model)}/trainings`, {});
      return 'The training began.';
    });

  private readonly decide = (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const said = { author: String(given.get('author')), reason: String(given.get('reason')) };
    const verb = (event.submitter as HTMLButtonElement).value as Verb;
    const { model } = this.model!;
    if (verb === 'roll-back' && !confirm(`Have ${model} go back to the version before?`)) return Promise.resolve();
    const [path, body] =
      verb === 'roll-back' ? ['roll-backs', said] : ['decisions', { ...said, approve: verb === 'approve' }];
    return this.command(async () => {
      const taken = await hub.command<DecisionTaken>('POST', `${pathOf(model)}/${path}`, body);
      return `${taken.version.slice(0, 12)} was ${VERBS[verb]}: ${taken.status}.`;
    });
  };

  private async command(work: () => Promise<string>): Promise<void> {
    this.told = 'Asking the hub…';
    try {
      this.told = await work();
      this.training.again();
      this.dispatchEvent(new Event('changed'));
    } catch (error) {
      this.told = failed(error);
    }
  }
}

function pathOf(model: string): string {
  return `/v1/propensity-models/${encodeURIComponent(model)}`;
}

customElements.define('model-actions', ModelActions);

import { LitElement, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import type { RunStarted } from '../../../../schemas/runs';
import { failed } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';

const KINDS = {
  nightly: 'A night: all that is new, through to the KPIs',
  recomputeMilestones: 'Milestones for everybody',
  refreshKpis: 'KPIs',
  scorePropensity: 'Scores of all deployed models',
} as const;

type Kind = keyof typeof KINDS;

/** Starts a run by hand: a night, or a backfill of some days. Fires `started` with its id. */
export class RunStarter extends LitElement {
  static override styles = controls;

  @state() private kind: Kind = 'nightly';
  @state() private told: unknown = nothing;

  protected override render() {
    return html`<section class="panel">
      <h2>Start a run</h2>
      <form class="stack" @submit=${this.start}>
        <label>
          What
          <select
            name="workflow"
            @change=${(event: Event) => (this.kind = (event.target as HTMLSelectElement).value as Kind)}
          >
            ${Object.entries(KINDS).map(([kind, title]) => html`<option value=${kind}>${title}</option>`)}
          </select>
        </label>
        <div class="row">${this.fields()}</div>
        <div class="row">
          <button class="primary">Start</button>
          <span role="status">${this.told}</span>
        </div>
      </form>
    </section>`;
  }

  private fields() {
    const days = html`<label>From <input type="date" name="from" /></label
      ><label>To <input type="date" name="to" /></label>`;
    switch (this.kind) {
      case 'nightly':
        return html`<label>Business date (today) <input type="date" name="date" /></label>
          <label>Sources (all) <input name="sources" placeholder="crm, billing" /></label>`;
      case 'recomputeMilestones':
        return html`${days}
          <label>Milestones (all) <input name="milestones" /></label>
          <label>
            Which
            <select name="mode">
              <option value="changed">those that changed</option>
              <option value="full">all of them</option>
            </select>
          </label>
          <label>Only say what would change <input type="checkbox" name="dryRun" /></label>`;
      case 'refreshKpis':
        return html`${days}<label>KPIs (all) <input name="kpis" /></label>`;
      case 'scorePropensity':
        return html`<label>Models (all) <input name="models" /></label>`;
    }
  }

  private readonly start = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const { workflow, ...fields } = Object.fromEntries(given) as Record<string, string>;
    const input = Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => value.trim() !== '')
        .map(([name, value]) => [name, valueOf(name, value)]),
    );
    this.told = 'Starting…';
    try {
      const { id } = await hub.command<RunStarted>('POST', '/v1/runs', { workflow, input });
      this.told = `Started ${id}.`;
      this.dispatchEvent(new CustomEvent('started', { detail: id }));
    } catch (error) {
      this.told = failed(error);
    }
  };
}

const LISTS = ['sources', 'milestones', 'kpis', 'models'];

function valueOf(name: string, value: string): unknown {
  if (name === 'dryRun') return true;
  return LISTS.includes(name) ? value.split(',').map((one) => one.trim()) : value;
}

customElements.define('run-starter', RunStarter);

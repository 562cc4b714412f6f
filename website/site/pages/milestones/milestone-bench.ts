import { LitElement, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { MilestoneTest } from '../../../../schemas/milestone-report';
import { duration } from '../../../api/formats';
import { failed } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';

/** Tries a milestone on a journey that is made up, and tells condition by condition why it is reached, or not. */
export class MilestoneBench extends LitElement {
  static override styles = controls;

  @property() name = '';
  @state() private told: unknown = nothing;

  protected override render() {
    return html`<section class="stack" aria-label="Test bench">
      <h3>Test bench</h3>
      <form class="stack" @submit=${this.test}>
        <label>
          A journey: events with channel and time, such as bill_shock@0d, call_center/phone@2d12h
          <textarea name="journey" rows="3" required maxlength="20000" spellcheck="false"></textarea>
        </label>
        <div class="row"><button class="primary">Try it</button></div>
      </form>
      <div role="status">${this.told}</div>
    </section>`;
  }

  private readonly test = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const journey = String(new FormData(event.target as HTMLFormElement).get('journey'));
    try {
      const path = `/v1/milestones/${encodeURIComponent(this.name)}/test`;
      this.told = this.outcome(await hub.ask<MilestoneTest>(path, { method: 'POST', body: { journey } }));
    } catch (error) {
      this.told = failed(error);
    }
  };

  private outcome({ reached, nextDue, conditions, unnamed }: MilestoneTest) {
    const result =
      reached.length > 0
        ? html`<strong class="good">Reached</strong> ${reached.map(after).join(', ')}.`
        : nextDue === undefined
          ? html`<strong class="bad">Not reached.</strong>`
          : html`<strong class="warn">Not reached yet:</strong> it will be ${after(nextDue)}, if nothing is in the way
              until then.`;
    return html`<p>${result}</p>
      <table>
        <thead>
          <tr>
            <th>Condition</th>
            <th>Happened</th>
            <th>Holds</th>
          </tr>
        </thead>
        <tbody>
          ${conditions.map(
            ({ condition, fitting, kept }) =>
              html`<tr>
                <td>${condition}</td>
                <td>${fitting.length === 0 ? 'never' : fitting.map(after).join(', ')}</td>
                <td class=${kept.length > 0 ? 'good' : 'bad'}>
                  ${kept.length === 0 ? 'no' : kept.map(after).join(', ')}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${unnamed.length === 0 ? nothing : html`<p class="quiet">Does not matter to it: ${unnamed.join(', ')}.</p>`}`;
  }
}

function after(ms: number): string {
  return ms === 0 ? 'at the beginning' : `after ${duration(ms)}`;
}

customElements.define('milestone-bench', MilestoneBench);

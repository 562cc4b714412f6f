import { LitElement, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { AssertionAnswer } from '../../../../schemas/assertions';
import type { CustomerIdentity, CustomerIdentityEdge } from '../../../../schemas/customer-identity';
import { decimal, share, time, words } from '../../../api/formats';
import { Answer, failed } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub, hubFacts } from '../../hub';
import '../../../parts/reason-bars';

/** Why profiles of sources are held to be one person; whoever knows better says so, and it is undone. */
export class CustomerIdentityPanel extends LitElement {
  static override styles = controls;

  @property() customer = '';
  @state() private told: unknown = nothing;

  private readonly answer = new Answer(this, {
    args: () => [this.customer] as const,
    task: async ([customer], { signal }) => {
      const [identity, { timezone }] = await Promise.all([
        hub.ask<CustomerIdentity>(`/v1/customers/${encodeURIComponent(customer)}/identity`, { signal }),
        hubFacts(),
      ]);
      return { identity, timezone };
    },
  });

  protected override render() {
    return html`<section class="panel stack" aria-label="Identity">
      <h3>Identity</h3>
      ${this.answer.show(({ identity, timezone }) => this.shown(identity, timezone))}
    </section>`;
  }

  private shown(identity: CustomerIdentity, timezone: string) {
    return html`${this.profiles(identity, timezone)} ${this.links(identity)} ${this.changes(identity)}
    ${this.curation(identity)}`;
  }

  private profiles({ profiles }: CustomerIdentity, timezone: string) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Profiles">
      <table>
        <caption>
          Profiles of sources
        </caption>
        <thead>
          <tr>
            <th>Profile</th>
            <th>Tied by</th>
            <th class="number">Confidence</th>
            <th>Since</th>
            <th>What it tells</th>
          </tr>
        </thead>
        <tbody>
          ${profiles.map(
            ({ profile, rule, method, confidence, since, fields }) =>
              html`<tr>
                <td>${profile}</td>
                <td>${method}: ${rule}</td>
                <td class="number">${share(confidence)}</td>
                <td>${time(since, timezone)}</td>
                <td>
                  <details>
                    <summary>Personal data</summary>
                    ${Object.entries(fields).map(([name, value]) => html`<div>${words(name)}: ${value}</div>`)}
                  </details>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private links({ edges, weakest }: CustomerIdentity) {
    if (edges.length === 0) return html`<p class="quiet">A profile alone: there is nothing to link.</p>`;
    return html`${
        weakest === null
          ? nothing
          : html`<p>
              The weakest link is between ${weakest.edge.profileA} and ${weakest.edge.profileB}
              (${share(weakest.edge.probability)}): without it
              ${weakest.parts.map((part) => part.join(', ')).join(' would be apart from ')}.
            </p>`
      }
      <h4>Links</h4>
      ${edges.map((edge) => this.link(edge))}`;
  }

  private link({ profileA, profileB, method, rule, probability, waterfall }: CustomerIdentityEdge) {
    const head = html`${profileA} and ${profileB}: ${share(probability)} by
    ${method === 'probabilistic' ? 'the model' : rule}`;
    if (waterfall === null) return html`<div>${head}</div>`;
    const reasons = [
      { words: 'Two profiles at random', adds: waterfall.prior },
      ...waterfall.comparisons.map(({ field, level, weight }) => ({
        words: `${words(field)}: ${level}`,
        adds: weight,
      })),
    ];
    return html`<details>
      <summary>${head}</summary>
      <p class="quiet">Log odds to base two: they add up to ${decimal(waterfall.weight)}.</p>
      <hub-reason-bars .reasons=${reasons}></hub-reason-bars>
    </details>`;
  }

  private changes({ changes, assertions }: CustomerIdentity) {
    return html`${
      changes.length === 0
        ? nothing
        : html`<details>
            <summary>Changes over time (${changes.length})</summary>
            <ul>
              ${changes.map(
                ({ profile, from, to, kind, reason, businessDate }) =>
                  html`<li>
                    ${businessDate}: ${profile} ${kind ?? 'moved'}${from === null ? '' : ` from ${from}`} to
                    ${to}${reason === null ? '' : `: ${reason}`}
                  </li>`,
              )}
            </ul>
          </details>`
    }
    ${
      assertions.length === 0
        ? nothing
        : html`<details>
            <summary>What people said (${assertions.length})</summary>
            <ul>
              ${assertions.map(
                ({ profileA, profileB, kind, author, reason }) =>
                  html`<li>
                    ${author}: ${profileA} and ${profileB} are ${kind === 'same' ? 'the same' : 'different people'}:
                    ${reason}
                  </li>`,
              )}
            </ul>
          </details>`
    }`;
  }

  private curation({ profiles }: CustomerIdentity) {
    return html`<details>
      <summary>Correct it</summary>
      <form class="stack" @submit=${this.assert}>
        <label>
          What is so
          <select name="kind">
            <option value="split">These profiles are not this customer</option>
            <option value="merge">These profiles are one person</option>
          </select>
        </label>
        <fieldset class="row">
          <legend>Profiles</legend>
          ${profiles.map(
            ({ profile }) => html`<label>${profile} <input type="checkbox" name="profiles" value=${profile} /></label>`,
          )}
        </fieldset>
        <label>Others, separated by commas <input name="others" placeholder="crm:4711" /></label>
        <div class="row">
          <label>Who says so <input name="author" required maxlength="200" /></label>
          <label>Why <input name="reason" required maxlength="2000" /></label>
          <button>Say so</button>
        </div>
        <div role="status">${this.told}</div>
      </form>
    </details>`;
  }

  private readonly assert = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const others = String(given.get('others'))
      .split(',')
      .map((one) => one.trim());
    const profiles = [...given.getAll('profiles').map(String), ...others].filter((one) => one !== '');
    const text = (name: string) => String(given.get(name));
    this.told = 'Telling the hub…';
    try {
      const answer = await hub.command<AssertionAnswer>('POST', '/v1/identity/assertions', {
        ...{ kind: text('kind'), profiles, author: text('author'), reason: text('reason') },
      });
      this.told = `Kept: it shows ${answer.effect}. Saying the opposite undoes it.`;
      this.answer.again();
    } catch (error) {
      this.told = failed(error);
    }
  };
}

customElements.define('customer-identity', CustomerIdentityPanel);

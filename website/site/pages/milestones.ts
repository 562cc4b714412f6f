import { LitElement, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { MilestoneList } from '../../../schemas/milestone-report';
import { count, time } from '../../api/formats';
import { Answer } from '../../parts/answer';
import { controls } from '../../style/controls';
import { hub, hubFacts } from '../hub';
import { hrefOf } from '../router';
import './milestones/milestone-funnel-view';
import './milestones/milestone-view';

/** What customers reach, or run into, on their journeys. */
export class MilestonesPage extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) params = new URLSearchParams();

  private readonly list = new Answer(this, {
    args: () => [],
    task: async ([], { signal }) => {
      const [list, { timezone }] = await Promise.all([
        hub.ask<MilestoneList>('/v1/milestones', { signal }),
        hubFacts(),
      ]);
      return { ...list, timezone };
    },
  });

  protected override render() {
    const name = this.params.get('name') ?? '';
    return html`<div class="stack">
      <div>
        <h1>Milestones</h1>
        <p class="quiet">What customers reach, or run into, on their journeys; followed as the graph changes.</p>
      </div>
      ${this.list.show(
        (list) => this.catalog(list, list.timezone, name),
        ({ milestones, problems }) =>
          milestones.length + problems.length === 0 ? 'The hub has no file in milestones/.' : undefined,
      )}
      ${name === '' ? nothing : html`<milestone-view .name=${name}></milestone-view>`}
      <milestone-funnel-view
        .known=${this.list.value?.milestones.map(({ milestone }) => milestone) ?? []}
        .params=${this.params}
      ></milestone-funnel-view>
    </div>`;
  }

  private catalog({ milestones, problems }: MilestoneList, timezone: string, chosen: string) {
    return html`<section class="panel stack" aria-label="Catalog">
      ${problems.map((problem) => html`<p class="bad">${problem}</p>`)}
      <div class="scroll" tabindex="0" role="region" aria-label="All milestones">
        <table>
          <thead>
            <tr>
              <th>Milestone</th>
              <th class="number">Reached</th>
              <th class="number">Customers</th>
              <th class="number">Awaited</th>
              <th>Computed</th>
              <th>What it is</th>
            </tr>
          </thead>
          <tbody>
            ${milestones.map(
              ({ milestone, title, description, reached, customers, awaited, computedAt }) =>
                html`<tr>
                  <td>
                    <a
                      href=${hrefOf('milestones', { name: milestone })}
                      aria-current=${milestone === chosen ? 'true' : nothing}
                      >${title}</a
                    >
                  </td>
                  <td class="number">${count(reached)}</td>
                  <td class="number">${count(customers)}</td>
                  <td class="number">${count(awaited)}</td>
                  <td>${computedAt === null ? 'never' : time(computedAt, timezone)}</td>
                  <td>${description}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }
}

customElements.define('milestones-page', MilestonesPage);

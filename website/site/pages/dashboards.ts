import { LitElement, css, html, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { DashboardList, EmbeddedDashboardAnswer } from '../../../schemas/dashboard';
import { failed } from '../../parts/answer';
import { Answer } from '../../parts/answer';
import { controls } from '../../style/controls';
import { hub } from '../hub';
import { replaceParams } from '../router';

/** The KPI dashboards, whoever draws them: this page shows what lies at the address that the hub gives. */
export class DashboardsPage extends LitElement {
  static override styles = [
    controls,
    css`
      iframe {
        width: 100%;
        height: 70rem;
        border: 1px solid var(--hub-line);
        border-radius: var(--hub-radius);
        background: var(--hub-panel);
      }
    `,
  ];

  @property({ attribute: false }) params = new URLSearchParams();
  @state() private chosen = '';

  private readonly list = new Answer(this, {
    args: () => [],
    task: ([], { signal }) => hub.ask<DashboardList>('/v1/dashboards', { signal }),
  });

  private readonly embedded = new Answer(this, {
    args: () => [this.chosen || this.list.value?.dashboards[0]?.id] as const,
    task: async ([id]) =>
      id === undefined
        ? undefined
        : hub.command<EmbeddedDashboardAnswer>('POST', `/v1/dashboards/${encodeURIComponent(id)}/embed`, {
            viewer: { kind: 'anonymous' },
          }),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('params')) this.chosen = this.params.get('id') ?? '';
  }

  protected override render() {
    return html`<div class="stack">
      <h1>Dashboards</h1>
      ${this.list.show(
        ({ dashboards }) => this.shown(dashboards),
        ({ dashboards }) => (dashboards.length === 0 ? 'The hub has no file in dashboards/.' : undefined),
      )}
    </div>`;
  }

  private shown(dashboards: DashboardList['dashboards']) {
    const current = this.chosen || dashboards[0]!.id;
    const known = dashboards.find(({ id }) => id === current);
    return html`<div class="row">
        <label>
          Dashboard
          <select @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
            ${dashboards.map(({ id, title }) => html`<option value=${id} ?selected=${id === current}>${title}</option>`)}
          </select>
        </label>
      </div>
      ${
        known === undefined
          ? failed(`There is no dashboard “${current}”.`)
          : this.embedded.show((address) =>
              address === undefined
                ? ''
                : html`<iframe src=${address.url} title=${known.title} referrerpolicy="no-referrer"></iframe>`,
            )
      }`;
  }

  private choose(id: string): void {
    this.chosen = id;
    replaceParams({ id });
  }
}

customElements.define('dashboards-page', DashboardsPage);

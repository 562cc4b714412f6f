import { LitElement, css, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import type { DashboardAnswer } from '../../schemas/dashboard';
import { HubClient } from '../api/client';
import { Answer } from '../parts/answer';
import { controls } from '../style/controls';
import '../parts/dashboard-view';

/** A dashboard in a page of another system: what it shows is said by the token behind the hash of its address. */
export class EmbeddedDashboard extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding: 1rem;
      }
    `,
  ];

  private readonly client = new HubClient({ token: () => Promise.resolve(location.hash.slice(1)) });
  @state() private filters = '';
  @state() private ticket = location.hash;

  private readonly changeTicket = (): void => {
    this.ticket = location.hash;
    this.filters = '';
  };

  override connectedCallback(): void {
    super.connectedCallback();
    // Another address differs behind the hash only, and then the page is not loaded anew.
    window.addEventListener('hashchange', this.changeTicket);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.changeTicket);
  }

  private readonly dashboard = new Answer(this, {
    args: () => [this.filters, this.ticket] as const,
    task: ([filters], { signal }) =>
      this.client.ask<DashboardAnswer>(`/v1/embedded-dashboard${filters === '' ? '' : `?${filters}`}`, { signal }),
  });

  protected override render() {
    return html`<main>${this.dashboard.show((answer) => this.shown(answer))}</main>`;
  }

  private shown(answer: DashboardAnswer) {
    document.title = answer.title;
    return html`<h1>${answer.title}</h1>
      ${answer.description === undefined ? nothing : html`<p class="quiet">${answer.description}</p>`}
      <div class="row">${this.choices(answer)}</div>
      <dashboard-view .dashboard=${answer}></dashboard-view>`;
  }

  /** What the viewer may narrow it to: by what all of its tiles can be told by. */
  private choices({ tiles }: DashboardAnswer) {
    const [first] = tiles;
    const shared = (first?.answer.kpi.filters ?? []).filter((filter) =>
      tiles.every(({ answer }) => answer.kpi.filters.includes(filter)),
    );
    const chosen = new URLSearchParams(this.filters);
    return shared.map((filter) => {
      const values = [...new Set(tiles.flatMap(({ answer }) => answer.kpi.values[filter] ?? []))].sort();
      return html`<label>
        ${filter}
        <select @change=${(event: Event) => this.choose(filter, (event.target as HTMLSelectElement).value)}>
          <option value="">all</option>
          ${values.map((value) => html`<option ?selected=${chosen.get(filter) === value} value=${value}>${value}</option>`)}
        </select>
      </label>`;
    });
  }

  private choose(filter: string, value: string): void {
    const chosen = new URLSearchParams(this.filters);
    if (value === '') chosen.delete(filter);
    else chosen.set(filter, value);
    this.filters = chosen.toString();
  }
}

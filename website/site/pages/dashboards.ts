import { LitElement, html } from 'lit';
import { controls } from '../../style/controls';

export class DashboardsPage extends LitElement {
  static override styles = controls;

  protected override render() {
    return html`<h1>Dashboards</h1>
      <p class="quiet">This page is not here yet.</p>`;
  }
}

customElements.define('dashboards-page', DashboardsPage);

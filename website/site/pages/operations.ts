import { LitElement, html } from 'lit';
import { controls } from '../../style/controls';

export class OperationsPage extends LitElement {
  static override styles = controls;

  protected override render() {
    return html`<h1>Operations</h1>
      <p class="quiet">This page is not here yet.</p>`;
  }
}

customElements.define('operations-page', OperationsPage);

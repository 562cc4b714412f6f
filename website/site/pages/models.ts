import { LitElement, html } from 'lit';
import { controls } from '../../style/controls';

export class ModelsPage extends LitElement {
  static override styles = controls;

  protected override render() {
    return html`<h1>Models</h1>
      <p class="quiet">This page is not here yet.</p>`;
  }
}

customElements.define('models-page', ModelsPage);

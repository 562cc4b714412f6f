import { LitElement, html } from 'lit';
import { property } from 'lit/decorators.js';
import { controls } from '../../style/controls';
import './operations/quarantine-view';
import './operations/run-list';
import './operations/run-starter';
import './operations/schedule-list';

/** What runs, what ran, what failed, and what was refused. */
export class OperationsPage extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) params = new URLSearchParams();

  protected override render() {
    return html`<div class="stack">
      <div>
        <h1>Operations</h1>
        <p class="quiet">What runs, what ran, and what was refused. The Temporal UI has every detail.</p>
      </div>
      <run-list .chosen=${this.params.get('run') ?? ''}></run-list>
      <div class="columns">
        <run-starter @started=${this.follow}></run-starter>
        <schedule-list></schedule-list>
      </div>
      <quarantine-view @started=${this.follow}></quarantine-view>
    </div>`;
  }

  private readonly follow = (event: CustomEvent<string>): void => {
    const list = this.renderRoot.querySelector('run-list');
    if (list !== null) list.chosen = event.detail;
    list?.again();
    list?.scrollIntoView({ block: 'start' });
  };
}

customElements.define('operations-page', OperationsPage);

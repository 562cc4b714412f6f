import { LitElement, css, html } from 'lit';
import { property } from 'lit/decorators.js';
import type { AlignmentStep } from '../../schemas/similarity';
import { words } from '../api/formats';
import { controls } from '../style/controls';

/** How one journey becomes another, step by step: what is the same, and what differs. */
export class StepAlignment extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem;
      }
      .chip.changed {
        color: var(--hub-anchor);
        outline: 1px dashed var(--hub-anchor);
      }
    `,
  ];

  @property({ attribute: false }) steps: readonly AlignmentStep[] = [];

  protected override render() {
    return this.steps.map(({ op, from, to }) => {
      if (op === 'same') return html`<span class="chip">${words(to ?? from ?? '')}</span>`;
      const told = [from === undefined ? '' : `not ${words(from)}`, to === undefined ? '' : words(to)];
      return html`<span class="chip changed">${told.filter((text) => text !== '').join(', but ')}</span>`;
    });
  }
}

customElements.define('hub-step-alignment', StepAlignment);

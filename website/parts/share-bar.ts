import { LitElement, css, html } from 'lit';
import { property } from 'lit/decorators.js';

/** How large a part is of the largest, as a bar; the number itself is told beside it. */
export class ShareBar extends LitElement {
  static override styles = css`
    :host {
      display: block;
      height: 0.55rem;
      min-width: 4rem;
      border-radius: 0.3rem;
      background: var(--hub-sunken);
      overflow: hidden;
    }
    div {
      height: 100%;
      background: var(--hub-accent);
    }
  `;

  /** Between 0 and 1. */
  @property({ type: Number }) value = 0;

  protected override render() {
    return html`<div></div>`;
  }

  protected override updated(): void {
    this.renderRoot.querySelector('div')!.style.width = `${Math.max(0, Math.min(1, this.value)) * 100}%`;
  }
}

customElements.define('hub-share-bar', ShareBar);

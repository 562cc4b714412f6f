import { LitElement, css, html } from 'lit';
import { property } from 'lit/decorators.js';
import { decimal } from '../api/formats';
import { controls } from '../style/controls';

export interface Reason {
  readonly words: string;
  /** Above nothing it speaks for what is predicted, below against it. */
  readonly adds: number;
}

/** What speaks for something and what against it, in words, with bars to either side. */
export class ReasonBars extends LitElement {
  static override styles = [
    controls,
    css`
      ul {
        display: grid;
        gap: 0.4rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .bar {
        position: relative;
        height: 0.5rem;
        border-radius: 0.25rem;
        background: var(--hub-sunken);
      }
      .bar div {
        position: absolute;
        inset-block: 0;
        border-radius: 0.25rem;
      }
      .for {
        left: 50%;
        background: var(--hub-anchor);
      }
      .against {
        right: 50%;
        background: var(--hub-accent);
      }
    `,
  ];

  @property({ attribute: false }) reasons: readonly Reason[] = [];

  protected override render() {
    return html`<ul>
      ${this.reasons.map(
        ({ words, adds }) =>
          html`<li>
            ${words}: <span class="quiet">${adds > 0 ? '+' : ''}${decimal(adds)}</span>
            <div class="bar" aria-hidden="true"><div class=${adds > 0 ? 'for' : 'against'}></div></div>
          </li>`,
      )}
    </ul>`;
  }

  protected override updated(): void {
    const largest = Math.max(...this.reasons.map(({ adds }) => Math.abs(adds)), Number.MIN_VALUE);
    this.renderRoot.querySelectorAll<HTMLElement>('.bar div').forEach((bar, index) => {
      bar.style.width = `${(50 * Math.abs(this.reasons[index]!.adds)) / largest}%`;
    });
  }
}

customElements.define('hub-reason-bars', ReasonBars);

import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import { words } from '../../../api/formats';
import { controls } from '../../../style/controls';

/** Where in a journey a step was clicked at. */
export interface PathStep {
  readonly step: string;
  readonly offset: number;
}

/** A journey as its steps, each a button. Fires `pick` with a `PathStep`. */
export class JourneyPath extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0.15rem 0.35rem;
        align-items: center;
      }
      button {
        min-height: 1.6rem;
        padding: 0 0.5rem;
        border-radius: 1rem;
        background: var(--hub-sunken);
        font-size: 0.88rem;
      }
      button.anchor {
        color: var(--hub-anchor);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) steps: readonly string[] = [];
  @property() as: 'start' | 'end' = 'end';

  protected override render() {
    const anchor = this.as === 'end' ? this.steps.length - 1 : 0;
    return this.steps.map(
      (step, index) =>
        html`${index === 0 ? nothing : html`<span aria-hidden="true">→</span>`}<button
            class=${index === anchor ? 'anchor' : ''}
            @click=${() => this.pick({ step, offset: index - anchor })}
          >
            ${words(step)}
          </button>`,
    );
  }

  private pick(detail: PathStep): void {
    this.dispatchEvent(new CustomEvent<PathStep>('pick', { detail }));
  }
}

customElements.define('journey-path', JourneyPath);

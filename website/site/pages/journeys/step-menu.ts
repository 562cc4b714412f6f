import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import { count, words } from '../../../api/formats';
import { controls } from '../../../style/controls';
import type { ChosenStep, Whose } from './whose';

/** What can be done with a step. Fires `fix`, `ignore`, `close`, and `whose` with the number to look behind. */
export class StepMenu extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        position: sticky;
        top: 0.5rem;
        z-index: 4;
      }
      section.panel {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: center;
        border-color: var(--hub-accent);
        box-shadow: 0 6px 20px rgb(0 0 0 / 0.18);
      }
    `,
  ];

  @property({ attribute: false }) chosen: ChosenStep | undefined;

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('chosen')) this.renderRoot.querySelector('button')?.focus();
  }

  protected override render() {
    if (this.chosen === undefined) return nothing;
    const { step, offset, whose } = this.chosen;
    return html`<section class="panel" aria-label=${`Step ${words(step)}`} @keydown=${this.press}>
      <strong>${words(step)}</strong>
      ${
        offset === 0
          ? nothing
          : html`<button @click=${() => this.tell('fix')}>Fix it</button>
              <button @click=${() => this.tell('ignore')}>Look away from it</button>`
      }
      ${whose.map(
        (one) =>
          html`<button @click=${() => this.tell('whose', one)}>
            Whose journeys${one.side === '' ? '' : ` in ${one.side}`} (${count(one.count)})
          </button>`,
      )}
      <button @click=${() => this.tell('close')}>Close</button>
    </section>`;
  }

  private readonly press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.tell('close');
  };

  private tell(what: 'fix' | 'ignore' | 'close' | 'whose', detail?: Whose): void {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}

customElements.define('step-menu', StepMenu);

import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import { words } from '../../../api/formats';
import type { SearchOption } from '../../../parts/search-box';
import { controls } from '../../../style/controls';
import { emptySegment, type SegmentView } from './view';
import '../../../parts/search-box';

/** Which customers are looked at: by what they had, or never had, and when they were active. Fires `change` with the segment. */
export class SegmentEditor extends LitElement {
  static override styles = [
    controls,
    css`
      .row {
        align-items: start;
        margin-top: 0.5rem;
      }
    `,
  ];

  @property() name = '';
  @property({ attribute: false }) segment = emptySegment;
  @property({ attribute: false }) options: readonly SearchOption[] | undefined;

  protected override render() {
    const title = this.name === '' ? 'Customers' : `Segment ${this.name}`;
    return html`<details ?open=${this.name !== '' || JSON.stringify(this.segment) !== JSON.stringify(emptySegment)}>
      <summary>${title}</summary>
      <div class="row">
        ${this.steps('had', 'who had')} ${this.steps('hadNot', 'who never had')}
        ${this.day('activeFrom', 'active from')} ${this.day('activeUntil', 'and before')}
      </div>
    </details>`;
  }

  private steps(field: 'had' | 'hadNot', label: string) {
    const chosen = this.segment[field];
    return html`<div>
      <search-box
        label=${label}
        placeholder="Any step"
        .options=${this.options?.filter(({ value }) => !chosen.includes(value))}
        @choose=${(event: CustomEvent<string>) => {
          (event.target as HTMLElement & { value: string }).value = '';
          this.change({ [field]: [...chosen, event.detail] });
        }}
      ></search-box>
      ${
        chosen.length === 0
          ? nothing
          : html`<div class="row">
              ${chosen.map(
                (step) =>
                  html`<button
                    @click=${() => this.change({ [field]: chosen.filter((other) => other !== step) })}
                    aria-label=${`Take back: ${label} ${words(step)}`}
                  >
                    ${words(step)} ✕
                  </button>`,
              )}
            </div>`
      }
    </div>`;
  }

  private day(field: 'activeFrom' | 'activeUntil', label: string) {
    return html`<label>
      ${label}
      <input
        type="date"
        .value=${this.segment[field]}
        @change=${(event: Event) => this.change({ [field]: (event.target as HTMLInputElement).value })}
      />
    </label>`;
  }

  private change(part: Partial<SegmentView>): void {
    this.dispatchEvent(new CustomEvent('change', { detail: { ...this.segment, ...part } }));
  }
}

customElements.define('segment-editor', SegmentEditor);

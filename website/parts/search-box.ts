import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { controls } from '../style/controls';

export interface SearchOption {
  readonly value: string;
  /** What is shown beside it, such as how often it happened. */
  readonly note?: string;
}

/** How many options are in the list at a time, however many there are. */
const MOST_SHOWN = 60;

/**
 * A field that is typed into to choose one of many names (an ARIA combobox with a list). Fires `choose` with the name as `detail`.
 */
export class SearchBox extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: inline-block;
        position: relative;
        width: 16rem;
        max-width: 100%;
      }
      input {
        width: 100%;
      }
      ul {
        position: absolute;
        z-index: 5;
        inset-inline: 0;
        max-height: 18rem;
        margin: 0.15rem 0 0;
        padding: 0.2rem;
        overflow-y: auto;
        list-style: none;
        border: 1px solid var(--hub-line);
        border-radius: 0.4rem;
        background: var(--hub-panel);
        box-shadow: 0 6px 20px rgb(0 0 0 / 0.18);
      }
      li {
        display: flex;
        justify-content: space-between;
        gap: 0.75rem;
        padding: 0.25rem 0.5rem;
        border-radius: 0.3rem;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      li[aria-selected='true'] {
        background: var(--hub-accent);
        color: var(--hub-on-accent);
      }
      li[aria-selected='true'] .quiet {
        color: inherit;
      }
      li[aria-disabled] {
        cursor: default;
      }
    `,
  ];

  @property() label = '';
  @property() value = '';
  @property() placeholder = '';
  /** `undefined` while they are on their way. */
  @property({ attribute: false }) options: readonly SearchOption[] | undefined;
  @state() private text = '';
  @state() private isOpen = false;
  @state() private active = 0;
  /** Enter was pressed before the options were there: what it meant is chosen when they are. */
  private isAwaited = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('value')) this.text = this.value;
  }

  protected override updated(): void {
    if (!this.isAwaited || this.options === undefined) return;
    this.isAwaited = false;
    this.chooseActive();
  }

  /** Those that have the text, those that begin with it first. */
  private get found(): readonly SearchOption[] {
    const text = this.text.trim().toLowerCase();
    const options = this.options ?? [];
    if (text === '' || this.text === this.value) return options;
    const found = options.filter(({ value }) => value.toLowerCase().includes(text));
    const begins = (option: SearchOption) => (option.value.toLowerCase().startsWith(text) ? 0 : 1);
    return found.toSorted((a, b) => begins(a) - begins(b));
  }

  protected override render() {
    const matches = this.isOpen ? this.found : [];
    return html`<label>
        ${this.label}
        <input
          role="combobox"
          autocomplete="off"
          spellcheck="false"
          aria-expanded=${this.isOpen}
          aria-controls="list"
          aria-autocomplete="list"
          aria-activedescendant=${this.isOpen && matches.length > 0 ? `option-${this.active}` : nothing}
          placeholder=${this.placeholder}
          .value=${this.text}
          @input=${this.type}
          @click=${this.open}
          @keydown=${this.press}
          @blur=${this.leave}
        />
      </label>
      <ul id="list" role="listbox" aria-label=${this.label} ?hidden=${!this.isOpen}>
        ${matches
          .slice(0, MOST_SHOWN)
          .map(
            ({ value, note }, index) =>
              html`<li
                id=${`option-${index}`}
                role="option"
                aria-selected=${index === this.active}
                @pointerdown=${(event: Event) => this.pick(event, value)}
              >
                <span>${value}</span>${note === undefined ? nothing : html`<span class="quiet">${note}</span>`}
              </li>`,
          )}
        ${this.rest(matches.length)}
      </ul>`;
  }

  private rest(found: number) {
    if (found === 0)
      return html`<li role="option" aria-disabled="true" aria-selected="false">
        ${this.options === undefined ? 'The names are on their way…' : 'Nothing is called so'}
      </li>`;
    if (found <= MOST_SHOWN) return nothing;
    return html`<li role="option" aria-disabled="true" aria-selected="false">
      <span>and ${found - MOST_SHOWN} more: type to find them</span>
    </li>`;
  }

  private readonly open = (): void => {
    this.isOpen = true;
    this.active = 0;
  };

  private readonly type = (event: InputEvent): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.isAwaited = false;
    this.open();
  };

  private readonly press = (event: KeyboardEvent): void => {
    const shown = Math.min(this.found.length, MOST_SHOWN);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else this.move((this.active + (event.key === 'ArrowDown' ? 1 : shown - 1)) % Math.max(shown, 1));
    } else if (event.key === 'Enter' && this.isOpen) {
      event.preventDefault();
      if (this.options === undefined) this.isAwaited = true;
      else this.chooseActive();
    } else if (event.key === 'Escape') {
      this.text = this.value;
      this.isOpen = false;
      this.isAwaited = false;
    }
  };

  private chooseActive(): void {
    const chosen = this.found[this.active]?.value;
    if (chosen !== undefined) this.choose(chosen);
  }

  private move(to: number): void {
    this.active = to;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#option-${to}`)?.scrollIntoView({ block: 'nearest' }),
    );
  }

  private pick(event: Event, value: string): void {
    // The field keeps the focus.
    event.preventDefault();
    this.choose(value);
  }

  private readonly leave = (): void => {
    this.isOpen = false;
    if (this.isAwaited) return;
    if (this.options?.some(({ value }) => value === this.text)) this.choose(this.text);
    else this.text = this.value;
  };

  private choose(value: string): void {
    this.isOpen = false;
    this.text = value;
    if (value === this.value) return;
    this.value = value;
    this.dispatchEvent(new CustomEvent('choose', { detail: value }));
  }
}

customElements.define('search-box', SearchBox);

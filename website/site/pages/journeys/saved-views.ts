import { LitElement, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import { controls } from '../../../style/controls';
import { keep, recall } from '../../kept';
import { hrefOf } from '../../router';

const KEY = 'journey-hub-saved-journeys';
const MOST = 50;

interface SavedView {
  readonly name: string;
  readonly params: string;
}

/** Views of the page that the reader keeps in this browser, and the link by which others see the same. */
export class SavedViews extends LitElement {
  static override styles = controls;

  /** What the page shows, as in its address. */
  @property() params = '';
  @state() private views: readonly SavedView[] = read();
  @state() private told = '';

  protected override render() {
    return html`<div class="row">
      <button @click=${this.copy}>Copy link</button>
      <form class="row" @submit=${this.save}>
        <label>Name of this view <input name="name" required maxlength="60" /></label>
        <button>Save</button>
      </form>
      ${this.views.length === 0 ? nothing : this.list()}
      <span role="status" class="quiet">${this.told}</span>
    </div>`;
  }

  private list() {
    return html`<details>
      <summary>Saved views (${this.views.length})</summary>
      <ul>
        ${this.views.map(
          ({ name, params }) =>
            html`<li>
              <a href=${hrefOf('journeys', new URLSearchParams(params))}>${name}</a>
              <button class="plain" aria-label=${`Forget ${name}`} @click=${() => this.forget(name)}>Forget</button>
            </li>`,
        )}
      </ul>
    </details>`;
  }

  private readonly copy = async (): Promise<void> => {
    const link = new URL(hrefOf('journeys', new URLSearchParams(this.params)), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      this.told = 'Copied.';
    } catch {
      // Without a secure origin there is no clipboard; the address bar has the link, too.
      this.told = link;
    }
  };

  private readonly save = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = String(new FormData(form).get('name')).trim();
    if (name === '') return;
    const others = this.views.filter((view) => view.name !== name);
    if (!this.keep([{ name, params: this.params }, ...others].slice(0, MOST))) {
      this.told = 'This browser keeps nothing; the link can be kept elsewhere.';
      return;
    }
    form.reset();
    this.told = `Saved as ${name}.`;
  };

  private forget(name: string): void {
    this.keep(this.views.filter((view) => view.name !== name));
  }

  private keep(views: readonly SavedView[]): boolean {
    const isKept = keep(KEY, JSON.stringify(views));
    if (isKept) this.views = views;
    return isKept;
  }
}

function read(): SavedView[] {
  try {
    const kept = JSON.parse(recall(KEY) ?? '[]') as unknown;
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(kept: unknown): kept is SavedView {
  const view = kept as Partial<SavedView> | null;
  return typeof view?.name === 'string' && typeof view.params === 'string';
}

customElements.define('saved-views', SavedViews);

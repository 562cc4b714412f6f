import { LitElement, css, html, nothing } from 'lit';
import { query, state } from 'lit/decorators.js';
import { controls } from '../style/controls';

const KEPT = 'journey-hub.key';

type Give = (key: string) => void;

let ask: (() => Promise<string>) | undefined;

/**
 * The key that the reader signed in with, in this tab; they are asked for one once the hub refuses what there is.
 *
 * @param renew whether the last one was refused
 */
export async function readersKey(renew: boolean): Promise<string | undefined> {
  if (!renew || ask === undefined) return sessionStorage.getItem(KEPT) ?? undefined;
  const key = await ask();
  sessionStorage.setItem(KEPT, key);
  return key;
}

/** Asks the reader for their key, where the hub wants to know who they are. */
export class SignIn extends LitElement {
  static override styles = [
    controls,
    css`
      dialog {
        max-width: 26rem;
        padding: 1.25rem;
        border: 1px solid var(--hub-line);
        border-radius: 0.6rem;
        color: var(--hub-ink);
        background: var(--hub-panel);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      h2 {
        margin: 0 0 0.5rem;
      }
      form {
        display: grid;
        gap: 0.75rem;
      }
      label {
        display: grid;
        gap: 0.3rem;
      }
    `,
  ];

  @query('dialog') private dialog!: HTMLDialogElement;
  @query('input') private input!: HTMLInputElement;
  @state() private isAgain = false;
  private give: Give | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    ask = () => this.ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    ask = undefined;
  }

  override render() {
    return html`<dialog aria-labelledby="title" @cancel=${(event: Event) => event.preventDefault()}>
      <h2 id="title">Sign in</h2>
      <form method="dialog" @submit=${this.submit}>
        ${this.isAgain ? html`<p role="alert">That key is not good here, or no more.</p>` : nothing}
        <label>
          Your key, or a token of your identity provider
          <input type="password" name="key" autocomplete="current-password" required />
        </label>
        <button class="primary">Sign in</button>
        <p>It is kept until this tab is closed. A data engineer makes keys with <code>hub key create</code>.</p>
      </form>
    </dialog>`;
  }

  private async ask(): Promise<string> {
    await this.updateComplete;
    this.isAgain = sessionStorage.getItem(KEPT) !== null;
    this.dialog.showModal();
    return new Promise((give) => (this.give = give));
  }

  private submit(): void {
    this.give?.(this.input.value.trim());
    this.input.value = '';
  }
}

import { initialState } from '@lit/task';
import { LitElement, css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { HubProblem } from '../api/client';
import { Answer, waiting } from '../parts/answer';
import { controls } from '../style/controls';
import { connectionTo, type Connection, type TokenSource } from './connection';
import { currentSettings, settingsChanges, untilConfigured } from './settings';

/** An answer, and of whom it is. */
interface Told<Result> {
  readonly subject: string;
  readonly result: Result;
}

export type WidgetAnswer<Result> = Answer<readonly unknown[], Told<Result>>;

/** What all widgets are: a panel with a title over one question to a hub. */
export abstract class HubWidget extends LitElement {
  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: block;
        font-size: 1rem;
        line-height: 1.5;
        text-align: start;
      }
      .title {
        font-size: 1.05rem;
        font-weight: 650;
      }
      p,
      ul,
      ol {
        margin: 0;
      }
      ul,
      ol {
        padding: 0;
        list-style: none;
      }
    `,
  ];

  /** The address of the hub; by default what `configure` says, or where this module is from. */
  @property() hub: string | null = null;
  /** Gives tokens; by default what `configure` says. */
  @property({ attribute: false }) token: TokenSource | null = null;
  /** The title, in place of the widget's own. */
  @property() label: string | null = null;
  /** The level of the title among the headings of the page. */
  @property({ type: Number }) level = 2;

  protected abstract readonly answer: WidgetAnswer<unknown>;
  private heard: Connection | undefined;

  /** What the title is when the page does not say. */
  protected abstract get defaultLabel(): string;
  /** Whom or what is asked about; undefined where the page does not say. An answer about another is never shown. */
  protected abstract get subject(): string | undefined;
  /** What to tell where the page does not say. */
  protected abstract readonly nobody: string;
  protected abstract content(): TemplateResult;

  /** Asks again, such as when the page knows that something happened. */
  refresh(): void {
    if (this.subject !== undefined) this.answer.again();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    settingsChanges.addEventListener('change', this.askAnew);
    this.hear(this.connection);
    if (this.hasUpdated && this.answer.isOpen) this.refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    settingsChanges.removeEventListener('change', this.askAnew);
    this.hear(undefined);
    this.answer.stop();
  }

  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated) await untilConfigured;
    await super.scheduleUpdate();
  }

  protected get connection(): Connection {
    const settings = currentSettings();
    return connectionTo(this.hub ?? settings.hub, this.token ?? settings.token);
  }

  /**
   * The question of the widget.
   *
   * @param args beside hub and subject: what makes it another question
   */
  protected asking<Result>(
    args: () => readonly unknown[],
    ask: (connection: Connection, signal: AbortSignal) => Promise<Result>,
  ): WidgetAnswer<Result> {
    return new Answer<readonly unknown[], Told<Result>>(this, {
      args: () => [this.connection, this.subject, ...args()],
      task: async (_, { signal }) => {
        const { subject } = this;
        return subject === undefined ? initialState : { subject, result: await ask(this.connection, signal) };
      },
      onError: (error) => this.tellError(error),
    });
  }

  protected shown<Result>(
    answer: WidgetAnswer<Result>,
    answered: (result: Result) => TemplateResult,
    isEmpty: (result: Result) => string | undefined = () => undefined,
  ): TemplateResult {
    const isOfThis = ({ subject }: Told<Result>) => subject === this.subject;
    return answer.show(
      (told) => (isOfThis(told) ? answered(told.result) : waiting()),
      (told) => (isOfThis(told) ? isEmpty(told.result) : undefined),
    );
  }

  protected tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  protected override render() {
    const title = this.label ?? this.defaultLabel;
    return html`<section class="panel stack" part="panel" aria-label=${title}>
      <div class="title" part="title" role="heading" aria-level=${this.level}>${title}</div>
      <div role="status" ?hidden=${!this.connection.isAway}>
        ${this.connection.isAway ? html`<p class="bad">The hub does not answer. Trying again…</p>` : nothing}
      </div>
      ${this.subject === undefined ? html`<p class="quiet">${this.nobody}</p>` : this.content()}
    </section>`;
  }

  protected override updated(): void {
    if (this.isConnected) this.hear(this.connection);
  }

  private hear(connection: Connection | undefined): void {
    if (connection === this.heard) return;
    this.heard?.client.removeEventListener('reachability', this.noteReachability);
    connection?.client.addEventListener('reachability', this.noteReachability);
    this.heard = connection;
  }

  private readonly askAnew = (): void => this.requestUpdate();

  private readonly noteReachability = (): void => {
    this.requestUpdate();
    if (!this.connection.isAway) return;
    const remedy = `if it is up, api.origins of its hub.yaml has to name ${location.origin}`;
    this.tell('hub-error', { message: `${this.connection.base} does not answer; ${remedy}` });
  };

  private tellError(error: unknown): void {
    if (!this.isConnected) return;
    const message = error instanceof Error ? error.message : String(error);
    this.tell('hub-error', { message, ...(error instanceof HubProblem && { status: error.status }) });
  }
}

import { LitElement, css, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import { html as staticHtml, unsafeStatic } from 'lit/static-html.js';
import { controls } from '../style/controls';
import { hub, hubFacts } from './hub';
import { pages, type Page } from './pages';
import { currentRoute, hrefOf, type Route } from './router';
import { chooseTheme, currentTheme, restoreTheme } from './theme';

/** The frame around the pages: where one is, where one can go, and whether the hub answers. */
export class HubApp extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        min-height: 100vh;
        grid-template: auto 1fr / minmax(0, 1fr);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        align-items: center;
        padding: 0.5rem 1.25rem;
        background: var(--hub-panel);
        border-bottom: 1px solid var(--hub-line);
      }
      .name {
        font-weight: 700;
        text-decoration: none;
        color: var(--hub-ink);
      }
      nav {
        flex: 1;
        min-width: 0;
      }
      nav ul {
        display: flex;
        gap: 0.15rem;
        margin: 0;
        padding: 0.2rem;
        list-style: none;
        overflow-x: auto;
      }
      nav a {
        display: block;
        padding: 0.35rem 0.7rem;
        border-radius: 0.4rem;
        color: var(--hub-quiet);
        text-decoration: none;
        white-space: nowrap;
      }
      nav a:hover {
        background: var(--hub-sunken);
      }
      nav a[aria-current] {
        color: var(--hub-accent);
        background: var(--hub-sunken);
        font-weight: 600;
      }
      .skip {
        position: absolute;
        inset-inline-start: -100vw;
      }
      .skip:focus {
        inset-inline-start: 1rem;
        top: 0.5rem;
        z-index: 10;
        padding: 0.5rem;
        background: var(--hub-panel);
      }
      .away {
        padding: 0.6rem 1.25rem;
        background: var(--hub-bad);
        color: var(--hub-panel);
        font-weight: 600;
      }
      main {
        width: 100%;
        max-width: 84rem;
        margin: 0 auto;
        padding: 1.25rem;
      }
      main:focus {
        outline: none;
      }
      @media (max-width: 44rem) {
        header {
          padding: 0.4rem 0.75rem;
        }
        nav {
          order: 3;
          flex-basis: 100%;
        }
        .name {
          flex: 1;
        }
        main {
          padding: 0.75rem;
        }
      }
    `,
  ];

  @state() private route: Route = currentRoute();
  @state() private page: Page | undefined;
  @state() private hubName = 'Journey Hub';
  @state() private isAway = false;
  @state() private theme = currentTheme();
  /** The page's files could not be had. */
  @state() private isPageMissing = false;

  override connectedCallback(): void {
    super.connectedCallback();
    restoreTheme();
    this.theme = currentTheme();
    window.addEventListener('hashchange', this.follow);
    hub.addEventListener('reachability', this.noteReachability);
    // A hub that fails to say its name is told of by the pages, which ask for more.
    hubFacts().then(
      ({ name }) => (this.hubName = name),
      () => undefined,
    );
    void this.show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.follow);
    hub.removeEventListener('reachability', this.noteReachability);
  }

  private readonly noteReachability = (event: Event): void => {
    this.isAway = !(event as CustomEvent<boolean>).detail;
    // A browser does not ask again for a file that it could not have, until the whole page is loaded anew.
    if (!this.isAway && this.isPageMissing) location.reload();
  };

  private readonly follow = (): void => {
    const before = this.route.page;
    this.route = currentRoute();
    // Whoever reads by ear is told of a new page, and not of each change within one.
    void this.show().then(() => this.route.page !== before && this.renderRoot.querySelector('main')?.focus());
  };

  private async show(): Promise<void> {
    if (this.route.page === '') {
      location.replace(hrefOf('overview'));
      return;
    }
    const { route } = this;
    const page = pages.find(({ path }) => path === route.page);
    this.isPageMissing = false;
    try {
      await page?.load();
    } catch {
      if (route === this.route) this.missPage();
    }
    // The reader went on before it was there.
    if (route !== this.route || this.isPageMissing) return;
    this.page = page;
    document.title = `${page?.title ?? 'Not found'} · ${this.hubName}`;
    await this.updateComplete;
  }

  /** The hub may be away, which asking it tells; or its website was renewed since this one was opened. */
  private missPage(): void {
    this.isPageMissing = true;
    hub.ask('/v1/health').catch(() => undefined);
  }

  protected override updated(): void {
    if (this.page !== undefined && this.page.path === this.route.page)
      document.title = `${this.page.title} · ${this.hubName}`;
  }

  protected override render() {
    return html`
      <div>
        <header>
          <button class="skip" @click=${this.skip}>Skip to the page</button>
          <a class="name" href=${hrefOf('overview')}>${this.hubName}</a>
          <nav aria-label="Pages">
            <ul>
              ${pages.map(
                ({ path, title }) =>
                  html`<li>
                    <a href=${hrefOf(path)} aria-current=${path === this.route.page ? 'page' : nothing}>${title}</a>
                  </li>`,
              )}
            </ul>
          </nav>
          <button @click=${this.switchTheme} aria-label=${`Show in ${this.otherTheme}`}>
            ${this.theme === 'dark' ? '☀' : '☾'}
          </button>
        </header>
        <hub-sign-in></hub-sign-in>
        <div role="status">
          ${this.isAway ? html`<div class="away">The hub does not answer. Trying again…</div>` : nothing}
        </div>
      </div>
      <main id="main" tabindex="-1">${this.outlet()}</main>
    `;
  }

  private outlet() {
    const { page, route } = this;
    if (this.isPageMissing) {
      return html`<div role="alert">
        <p class="bad">This page could not be loaded.</p>
        <button @click=${() => location.reload()}>Load the website again</button>
      </div>`;
    }
    if (page === undefined || page.path !== route.page) {
      const isKnown = pages.some(({ path }) => path === route.page) || route.page === '';
      return isKnown
        ? html`<p class="quiet">Loading…</p>`
        : html`<h1>There is no such page</h1>
            <p><a href=${hrefOf('overview')}>Go to the overview</a></p>`;
    }
    const tag = unsafeStatic(page.tag);
    return staticHtml`<${tag} .params=${route.params}></${tag}>`;
  }

  private get otherTheme() {
    return this.theme === 'dark' ? 'light' : 'dark';
  }

  private switchTheme(): void {
    chooseTheme(this.otherTheme);
    this.theme = currentTheme();
  }

  private skip(): void {
    this.renderRoot.querySelector('main')?.focus();
  }
}

import { LitElement, css, html, nothing } from 'lit';
import type { KpiList } from '../../../schemas/kpi-report';
import type { Run } from '../../../schemas/runs';
import { day, duration, time } from '../../api/formats';
import { valueText } from '../../charts/trend';
import { Answer } from '../../parts/answer';
import { judgement, weeklyChange, type Kpi } from '../../parts/kpi-summary';
import { controls } from '../../style/controls';
import { hub, hubFacts } from '../hub';
import { hrefOf } from '../router';

/** The order in which a customer's life has its phases. */
const PHASES = ['Be aware', 'Interact', 'Choose', 'Consume', 'Manage', 'Pay', 'Renew', 'Recommend', 'Leave', 'Data'];
/** Changes below this are not told. */
const SMALLEST_CHANGE = 0.05;

/** Where the customers' experience stands today: every KPI, what changed since last week, and how fresh the data is. */
export class OverviewPage extends LitElement {
  static override styles = [
    controls,
    css`
      .tiles {
        display: grid;
        gap: 0.75rem;
        grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr));
      }
      .tile {
        display: grid;
        gap: 0.25rem;
        align-content: space-between;
      }
      .tile h3 {
        margin: 0;
        font-weight: 500;
      }
      ul {
        margin: 0;
        padding-inline-start: 1.25rem;
      }
    `,
  ];

  private readonly kpis = new Answer(this, {
    args: () => [],
    task: ([], { signal }) => hub.ask<KpiList>('/v1/kpis', { signal }),
  });

  private readonly nights = new Answer(this, {
    args: () => [],
    task: async ([], { signal }) => {
      const [{ runs }, { timezone }] = await Promise.all([
        hub.ask<{ runs: Run[] }>('/v1/runs?workflow=nightly&limit=1', { signal }),
        hubFacts(),
      ]);
      return { night: runs[0], timezone };
    },
  });

  protected override render() {
    return html`<div class="stack">
      <div>
        <h1>Overview</h1>
        <p class="quiet">How customers get on, as of the last night.</p>
      </div>
      <div class="columns">
        <section class="panel">
          <h2>What changed since last week</h2>
          ${this.kpis.show(({ kpis }) => this.changes(kpis))}
        </section>
        <section class="panel">
          <h2>Data</h2>
          ${this.nights.show(({ night, timezone }) => this.night(night, timezone))}
          ${this.kpis.show((list) => this.freshness(list))}
        </section>
      </div>
      ${this.kpis.show(
        ({ kpis }) => this.groups(kpis),
        ({ kpis }) => (kpis.length === 0 ? 'The hub has no file in kpis/.' : undefined),
      )}
    </div>`;
  }

  private changes(kpis: readonly Kpi[]) {
    const changed = kpis
      .map((kpi) => ({ kpi, change: weeklyChange(kpi) }))
      .filter(({ kpi, change }) => kpi.newest?.anomalous === true || Math.abs(change ?? 0) >= SMALLEST_CHANGE)
      .sort((a, b) => Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0))
      .slice(0, 6);
    if (changed.length === 0) return html`<p class="quiet">Nothing that stands out.</p>`;
    return html`<ul>
      ${changed.map(
        ({ kpi, change }) =>
          html`<li>
            <a href=${`#kpi-${kpi.id}`} @click=${(event: Event) => this.show(event, kpi.id)}>${kpi.title}</a>:
            <span class=${judgement(kpi, change)}>
              ${valueText(kpi.weekBefore, kpi.unit)} to ${valueText(kpi.newest?.value, kpi.unit)}
            </span>
            ${kpi.newest?.anomalous === true ? html`<span class="chip">unusual for this weekday</span>` : nothing}
          </li>`,
      )}
    </ul>`;
  }

  private show(event: Event, id: string): void {
    event.preventDefault();
    const tile = this.renderRoot.querySelector<HTMLElement>(`#kpi-${CSS.escape(id)}`);
    tile?.scrollIntoView({ block: 'center' });
    tile?.focus();
  }

  private night(night: Run | undefined, timezone: string) {
    if (night === undefined) return html`<p>No night has run yet. <a href=${hrefOf('operations')}>Start one</a></p>`;
    const lasted =
      night.endedAt === undefined ? '' : `, ${duration(Date.parse(night.endedAt) - Date.parse(night.startedAt))}`;
    return html`<p>
      Last night: <span class=${night.status === 'failed' ? 'bad' : 'good'}>${night.status}</span>,
      ${time(night.startedAt, timezone)}${lasted}.
      <a href=${hrefOf('operations')}>Operations</a>
    </p>`;
  }

  private freshness({ kpis, problems }: KpiList) {
    const age = kpis.find(({ id }) => id === 'data-freshness')?.newest?.value;
    const failures = kpis.filter(({ refreshed }) => refreshed?.status === 'failed');
    return html`${
      age === undefined || age === null
        ? nothing
        : html`<p>
            The newest event is ${valueText(age, 'days')} ${age === 1 ? 'day' : 'days'} older than the business date.
          </p>`
    }
    ${failures.map(
      ({ title, refreshed }) => html`<p class="bad">${title} could not be computed: ${refreshed?.reason}</p>`,
    )}
    ${problems.map((problem) => html`<p class="bad">Not computed: ${problem}</p>`)}`;
  }

  private groups(kpis: readonly Kpi[]) {
    const groups = PHASES.map((phase) => ({ phase, own: kpis.filter(({ group }) => group === phase) }));
    return groups
      .filter(({ own }) => own.length > 0)
      .map(
        ({ phase, own }) =>
          html`<section>
            <h2>${phase}</h2>
            <div class="tiles">${own.map((kpi) => this.tile(kpi))}</div>
          </section>`,
      );
  }

  private tile(kpi: Kpi) {
    return html`<article class="panel tile" id=${`kpi-${kpi.id}`} tabindex="-1">
      <h3>${kpi.title}</h3>
      <hub-kpi-summary .kpi=${kpi}></hub-kpi-summary>
      <details>
        <summary class="quiet">${kpi.newest === undefined ? 'Never computed' : day(kpi.newest.at)}</summary>
        <p>${kpi.description ?? ''}</p>
        <p class="quiet">
          ${kpi.owner}${kpi.refreshed === undefined ? '' : `, computed ${day(kpi.refreshed.at.slice(0, 10))}`}
        </p>
      </details>
    </article>`;
  }
}

customElements.define('overview-page', OverviewPage);

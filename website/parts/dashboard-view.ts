import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { DashboardAnswer } from '../../schemas/dashboard';
import type { KpiAnswer } from '../../schemas/kpi-report';
import { day } from '../api/formats';
import { trend, valueText } from '../charts/trend';
import { controls } from '../style/controls';
import '../charts/hub-chart';

/** The tiles of a dashboard: each a KPI as a chart, with its numbers as a table for whoever wants them. */
export class DashboardView extends LitElement {
  static override styles = [
    controls,
    css`
      hub-chart {
        height: 13rem;
      }
      .value {
        font-size: 1.5rem;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) dashboard: DashboardAnswer | undefined;

  protected override render() {
    if (this.dashboard === undefined) return nothing;
    return html`<div class="columns">${this.dashboard.tiles.map(({ answer }) => this.tile(answer))}</div>`;
  }

  private tile(answer: KpiAnswer) {
    const { kpi, series, total, from, to } = answer;
    const points = series.reduce((sum, { points: own }) => sum + own.length, 0);
    return html`<section class="panel">
      <h2>${kpi.title}</h2>
      <p class="quiet">${kpi.description ?? ''}</p>
      <div class="value">
        ${valueText(total, kpi.unit)} <small class="quiet">${kpi.unit === 'share' ? '' : kpi.unit}</small>
      </div>
      <p class="quiet">
        ${day(from)} to ${day(to)}${kpi.target === undefined ? '' : `, target ${valueText(kpi.target, kpi.unit)}`}
      </p>
      ${
        points === 0
          ? html`<p class="quiet">Nothing to show: there are no rows that you may see.</p>`
          : html`<hub-chart
                label=${`${kpi.title} over time; the table has the numbers`}
                .option=${trend(answer)}
              ></hub-chart>
              <details>
                <summary>Numbers</summary>
                ${this.table(answer)}
              </details>`
      }
    </section>`;
  }

  private table({ kpi, series }: KpiAnswer) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${`${kpi.title}: numbers`}>
      <table>
        <thead>
          <tr>
            <th>From</th>
            ${series.map(({ of }) => html`<th class="number">${of ?? kpi.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort().map(
            (at) =>
              html`<tr>
                <td>${day(at)}</td>
                ${series.map(({ points }) => {
                  const point = points.find((candidate) => candidate.at === at);
                  return html`<td class="number">
                    ${valueText(point?.value, kpi.unit)}${point?.anomalous === true ? html` <span class="bad">unusual</span>` : nothing}
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

customElements.define('dashboard-view', DashboardView);

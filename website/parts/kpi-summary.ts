import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { KpiList } from '../../schemas/kpi-report';
import { valueText } from '../charts/trend';
import { controls } from '../style/controls';
import './spark-line';

export type Kpi = KpiList['kpis'][number];

/** Where a KPI stands: its newest value, its trend, the value a week before, and the target. */
export class KpiSummary extends LitElement {
  static override styles = [
    controls,
    css`
      .value {
        font-size: 1.6rem;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) kpi: Kpi | undefined;

  protected override render() {
    if (this.kpi === undefined) return nothing;
    const { newest, unit, trend, target, weekBefore } = this.kpi;
    const change = weeklyChange(this.kpi);
    return html`<div class="value">
        ${valueText(newest?.value, unit)} <small class="quiet">${unit === 'share' ? '' : unit}</small>
      </div>
      <hub-spark-line .values=${trend.map(({ value }) => value)} .target=${target}></hub-spark-line>
      <div>
        ${
          change === undefined
            ? nothing
            : html`<span class=${judgement(this.kpi, change)}>${arrow(change)} ${valueText(weekBefore, unit)}</span>
                <span class="quiet">a week before</span>`
        }
        ${target === undefined ? nothing : html`<span class="quiet">target ${valueText(target, unit)}</span>`}
      </div>`;
  }
}

/** The change of the value a week before, as a share of it; undefined where there is none. */
export function weeklyChange({ newest, weekBefore }: Kpi): number | undefined {
  const value = newest?.value;
  if (value === undefined || value === null || weekBefore === null || weekBefore === 0) return undefined;
  return value / weekBefore - 1;
}

/** The class of a change: `good`, `bad`, or neither. */
export function judgement({ direction }: Kpi, change: number | undefined): string {
  if (direction === 'none' || change === undefined || Math.abs(change) < 0.001) return '';
  return change > 0 === (direction === 'up') ? 'good' : 'bad';
}

function arrow(change: number): string {
  if (Math.abs(change) < 0.001) return '→ from';
  return change > 0 ? '↑ from' : '↓ from';
}

customElements.define('hub-kpi-summary', KpiSummary);

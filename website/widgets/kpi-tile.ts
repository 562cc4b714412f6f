import { html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import { day } from '../api/formats';
import type { Kpi } from '../parts/kpi-summary';
import { HubWidget } from './hub-widget';
import '../parts/kpi-summary';

/** Where a KPI stands: value, trend, the week before, and the target. */
export class KpiTile extends HubWidget {
  /** Its id. */
  @property() kpi: string | null = null;

  protected readonly nobody = 'No KPI is chosen.';
  protected readonly answer = this.asking(
    () => [],
    async (connection): Promise<Kpi> => {
      const { kpi } = this;
      const { kpis } = await connection.kpis();
      const found = kpis.find(({ id }) => id === kpi);
      if (found !== undefined) return found;
      throw new Error(`There is no KPI “${kpi}”; there are ${kpis.map(({ id }) => id).join(', ')}.`);
    },
  );

  protected get defaultLabel() {
    const { value } = this.answer;
    return value !== undefined && value.subject === this.kpi ? value.result.title : 'KPI';
  }

  protected get subject() {
    return this.kpi || undefined;
  }

  protected content() {
    return this.shown(
      this.answer,
      (kpi) =>
        html`<hub-kpi-summary .kpi=${kpi}></hub-kpi-summary>
          <p class="quiet">
            ${kpi.newest === undefined ? 'Never computed.' : day(kpi.newest.at)}
            ${kpi.newest?.anomalous === true ? html`<span class="chip">unusual for this weekday</span>` : nothing}
          </p>`,
    );
  }
}

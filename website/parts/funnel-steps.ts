import { LitElement, html } from 'lit';
import { property } from 'lit/decorators.js';
import type { MilestoneFunnel } from '../../schemas/milestone-report';
import { count, duration, share } from '../api/formats';
import { controls } from '../style/controls';
import './share-bar';

/** How many customers get from milestone to milestone, and how fast, as a table with bars. */
export class FunnelSteps extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) steps: MilestoneFunnel['steps'] = [];

  protected override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Steps of the funnel">
      <table>
        <thead>
          <tr>
            <th>Milestone</th>
            <th class="number">Customers</th>
            <th><span class="visually-hidden">Share as a bar</span></th>
            <th class="number">Of the first</th>
            <th class="number">Of the one before</th>
            <th class="number">Median time</th>
          </tr>
        </thead>
        <tbody>
          ${this.steps.map(
            ({ milestone, customers, share: part, conversion, medianMs }) =>
              html`<tr>
                <td>${milestone}</td>
                <td class="number">${count(customers)}</td>
                <td><hub-share-bar .value=${part ?? 0}></hub-share-bar></td>
                <td class="number">${part === null ? '' : share(part)}</td>
                <td class="number">${conversion === null ? '' : share(conversion)}</td>
                <td class="number">${medianMs === null ? '' : duration(medianMs)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

customElements.define('hub-funnel-steps', FunnelSteps);

import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { MilestoneDetails } from '../../../../schemas/milestone-report';
import { count, day, decimal, duration } from '../../../api/formats';
import { bars } from '../../../charts/bars';
import { Answer } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';
import '../../../charts/hub-chart';
import './milestone-bench';

/** One milestone: how often it was reached, what it is, what it is compiled to, and a bench to try it on. */
export class MilestoneView extends LitElement {
  static override styles = [
    controls,
    css`
      hub-chart {
        height: 12rem;
      }
      pre {
        max-height: 26rem;
      }
    `,
  ];

  @property() name = '';

  private readonly details = new Answer(this, {
    args: () => [this.name] as const,
    task: ([name], { signal }) => hub.ask<MilestoneDetails>(`/v1/milestones/${encodeURIComponent(name)}`, { signal }),
  });

  protected override render() {
    return html`<section class="panel stack" aria-label="Milestone">
      ${this.details.show((details) => this.shown(details))}
    </section>`;
  }

  private shown(details: MilestoneDetails) {
    const { title, description, trend, triggered, wokenBy, spec, compiled, from } = details;
    const { fires, reached, retracted, lagMs } = triggered.lastHour;
    return html`<h2>${title}</h2>
      <p>${description}</p>
      ${
        trend.length === 0
          ? html`<p class="quiet">Nobody reached it yet.</p>`
          : html`<hub-chart
                label="How often it was reached, by week; the table has the numbers"
                .option=${bars(
                  trend.map(({ week }) => day(week)),
                  trend.map((one) => one.reached),
                )}
              ></hub-chart>
              <details>
                <summary>Numbers</summary>
                <table>
                  <thead>
                    <tr>
                      <th>Week from</th>
                      <th class="number">Reached</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${trend.map(
                      (one) =>
                        html`<tr>
                          <td>${day(one.week)}</td>
                          <td class="number">${count(one.reached)}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </details>`
      }
      <p>
        Its stored query ran ${count(fires)} times in the last hour (${decimal(triggered.firesPerSecond)} a second now):
        ${count(reached)} reached, ${count(retracted)} taken
        back${fires === 0 ? '' : `, at most ${duration(lagMs)} after the change`}.
        ${wokenBy.length === 0 ? nothing : html`It is woken by ${wokenBy.join(', ')}.`}
      </p>
      <div class="columns">
        ${this.code('The spec, as declared', JSON.stringify(spec, null, 2))}
        ${this.code(`SQL, for everybody${from === 'lake' ? ', from which it is computed' : ''}`, compiled.sql)}
        ${this.code('Gremlin, for one customer as the graph changes', compiled.gremlin)}
      </div>
      <milestone-bench .name=${this.name}></milestone-bench>`;
  }

  private code(title: string, text: string) {
    return html`<section>
      <h3>${title}</h3>
      <pre tabindex="0" role="region" aria-label=${title}>${text}</pre>
    </section>`;
  }
}

customElements.define('milestone-view', MilestoneView);

import { LitElement, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { PropensityModelList } from '../../../../schemas/propensity-training';
import { count, decimal, share, time } from '../../../api/formats';
import { controls } from '../../../style/controls';
import '../../../parts/share-bar';

type Watch = NonNullable<PropensityModelList['models'][number]['watch']>;

/** As the population stability index is commonly read. */
const SHIFT = 0.25;

/** Whether the deployed version still fits: what it is asked from, and what it said of those of whom it is known by now. */
export class ModelWatch extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) watch: Watch | undefined;
  @property() timezone = 'UTC';

  protected override render() {
    if (this.watch === undefined) return nothing;
    const { findings, score, features, calibration, asOf } = this.watch;
    return html`<section class="panel stack" aria-label="Watch">
      <h2>Watch</h2>
      <p class="quiet">As of ${time(asOf, this.timezone)}.</p>
      ${
        findings.length === 0
          ? html`<p class="good">Nothing is wrong with it.</p>`
          : html`<ul>
              ${findings.map(({ says }) => html`<li class="bad">${says}</li>`)}
            </ul>`
      }
      ${
        calibration === null
          ? nothing
          : html`<p>
              Of ${count(calibration.customers)} customers whose time has passed it expected
              ${share(calibration.expected)}, and it was ${share(calibration.observed)}.
              ${
                calibration.lift10 === null
                  ? nothing
                  : html`Among the tenth that it named first it was ${decimal(calibration.lift10)} times as frequent.`
              }
            </p>`
      }
      <div class="scroll" tabindex="0" role="region" aria-label="Drift">
        <table>
          <caption>
            Population stability index: ${SHIFT} and more is commonly called a shift
          </caption>
          <thead>
            <tr>
              <th>Feature</th>
              <th class="number">PSI</th>
              <th><span class="visually-hidden">PSI as a bar</span></th>
            </tr>
          </thead>
          <tbody>
            ${score === null ? nothing : this.row('what it says', score)}
            ${features.map(({ feature, psi }) => this.row(feature, psi))}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  private row(name: string, psi: number) {
    return html`<tr>
      <td>${name}</td>
      <td class=${psi >= SHIFT ? 'number bad' : 'number'}>${decimal(psi)}</td>
      <td><hub-share-bar .value=${psi / (2 * SHIFT)}></hub-share-bar></td>
    </tr>`;
  }
}

customElements.define('model-watch', ModelWatch);

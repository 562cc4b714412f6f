import { LitElement, css, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { PropensityModelList } from '../../../../schemas/propensity-training';
import { count, decimal, share, time } from '../../../api/formats';
import { bars } from '../../../charts/bars';
import { calibration } from '../../../charts/calibration';
import { controls } from '../../../style/controls';
import { MEASURES, measureNames, type MeasureName, type Measures } from './measures';
import '../../../charts/hub-chart';

type Model = PropensityModelList['models'][number];
type Version = Model['versions'][number];

/** The versions of a model, and how good the chosen one is beside what else one could do. */
export class ModelVersions extends LitElement {
  static override styles = [
    controls,
    css`
      hub-chart {
        height: 15rem;
      }
    `,
  ];

  @property({ attribute: false }) model: Model | undefined;
  @property() timezone = 'UTC';
  @state() private chosen = '';

  protected override render() {
    const { versions = [], deployed } = this.model ?? {};
    if (versions.length === 0) return html`<p class="quiet">No version was trained yet.</p>`;
    const version = versions.find((one) => one.version === (this.chosen || deployed)) ?? versions[0]!;
    return html`<section class="panel stack" aria-label="Versions">
      <h2>Versions</h2>
      ${this.table(versions, version)} ${this.measured(version)}
    </section>`;
  }

  private table(versions: readonly Version[], chosen: Version) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="All versions">
      <table>
        <thead>
          <tr>
            <th>Version</th>
            <th>Status</th>
            <th>When</th>
            <th>Who, and why</th>
          </tr>
        </thead>
        <tbody>
          ${versions.map(
            ({ version, status, at, author, reason }) =>
              html`<tr aria-current=${version === chosen.version ? 'true' : nothing}>
                <td><button class="plain" @click=${() => (this.chosen = version)}>${version.slice(0, 16)}</button></td>
                <td>
                  ${status}${version === this.model?.deployed ? html` <span class="chip good">answers</span>` : nothing}
                </td>
                <td>${time(at, this.timezone)}</td>
                <td>${[author, reason].filter((text) => text !== null).join(': ')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private measured({ version, measures }: Version) {
    const own = measures as Measures;
    const { champion, baselines = {}, judgement, warnings = [] } = own;
    const others: [string, Measures][] = [
      ...(champion ? ([['Champion, on the same rows', champion.measures]] as [string, Measures][]) : []),
      ...Object.entries(baselines).map(([name, measured]): [string, Measures] => [`Baseline: ${name}`, measured]),
    ];
    const told = measureNames.filter((name) => typeof own[name] === 'number');
    return html`<h3>${version.slice(0, 16)}, on a later period and customers it was not learned from</h3>
      ${
        judgement === undefined
          ? nothing
          : html`<p class=${judgement.passes ? 'good' : 'bad'}>
              ${judgement.passes ? 'Passed its gate' : 'Refused by its gate'}: ${judgement.reasons.join('; ')}
            </p>`
      }
      ${warnings.map((warning) => html`<p class="warn">${warning}</p>`)}
      <div class="scroll" tabindex="0" role="region" aria-label="Measures">
        <table>
          <thead>
            <tr>
              <th>Measure</th>
              <th class="number">This version</th>
              ${others.map(([name]) => html`<th class="number">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${told.map(
              (name) =>
                html`<tr>
                  <td>${MEASURES[name]}</td>
                  <td class="number">${valueOf(own, name)} ${name === 'auc' ? intervalOf(own) : ''}</td>
                  ${others.map(([, measured]) => html`<td class="number">${valueOf(measured, name)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${this.charts(own)} ${this.segments(own)}`;
  }

  private charts({ calibration: bins = [], lift5, lift10 }: Measures) {
    if (bins.length === 0) return nothing;
    return html`<div class="columns">
      <section>
        <h3>Calibration</h3>
        <hub-chart
          label="How often it happened against what the model said; the table has the numbers"
          .option=${calibration(bins)}
        ></hub-chart>
        <details>
          <summary>Numbers</summary>
          <table>
            <thead>
              <tr>
                <th class="number">Said</th>
                <th class="number">Was</th>
                <th class="number">Rows</th>
              </tr>
            </thead>
            <tbody>
              ${bins.map(
                ({ said, was, rows }) =>
                  html`<tr>
                    <td class="number">${share(said)}</td>
                    <td class="number">${share(was)}</td>
                    <td class="number">${count(rows)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </details>
      </section>
      ${
        lift5 === undefined || lift10 === undefined
          ? nothing
          : html`<section>
              <h3>Lift</h3>
              <hub-chart
                label="How many times more often it happened to the likeliest; the measures above have the numbers"
                .option=${bars(['top 5 %', 'top 10 %', 'everybody'], [lift5, lift10, 1], decimal)}
              ></hub-chart>
            </section>`
      }
    </div>`;
  }

  private segments({ segments = [] }: Measures) {
    if (segments.length === 0) return nothing;
    const told = measureNames.filter((name) => typeof segments[0]!.measures[name] === 'number');
    return html`<details>
      <summary>By segment (${segments.length})</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Measures by segment">
        <table>
          <thead>
            <tr>
              <th>Of the feature</th>
              <th>Value</th>
              <th class="number">Rows</th>
              <th class="number">Was</th>
              <th class="number">Predicted</th>
              ${told.map((name) => html`<th class="number">${MEASURES[name]}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${segments.map(
              ({ feature, value, rows, observed, predicted, measures }) =>
                html`<tr>
                  <td>${feature}</td>
                  <td>${value}</td>
                  <td class="number">${count(rows)}</td>
                  <td class="number">${observed.toFixed(4)}</td>
                  <td class="number">${predicted.toFixed(4)}</td>
                  ${told.map((name) => html`<td class="number">${valueOf(measures, name)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
  }
}

function valueOf(measures: Measures, name: MeasureName): string {
  const value = measures[name];
  return typeof value === 'number' ? value.toFixed(name.startsWith('lift') ? 2 : 4) : '';
}

function intervalOf({ aucInterval }: Measures): string {
  if (!aucInterval) return '';
  const [from, to] = 'from' in aucInterval ? [aucInterval.from, aucInterval.to] : aucInterval;
  return `(${from.toFixed(3)} to ${to.toFixed(3)})`;
}

customElements.define('model-versions', ModelVersions);

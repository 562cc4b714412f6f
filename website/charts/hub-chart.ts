import type { ECharts } from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { LitElement, css, html } from 'lit';
import { property, state } from 'lit/decorators.js';
import { paletteOf, type Palette } from './palette';

/** Says what to draw, in the colours of the theme and on so many pixels. */
export type ChartOption = (palette: Palette, width: number) => EChartsCoreOption;

/**
 * A chart. What it shows must also be told in words or in a table beside it: `label` is what it is a picture of. Fires `pick` with what
 * was clicked at, as ECharts tells it, as `detail`.
 */
export class HubChart extends LitElement {
  static override styles = css`
    :host {
      display: block;
      height: 20rem;
    }
    div {
      width: 100%;
      height: 100%;
    }
    p {
      color: var(--hub-quiet);
    }
  `;

  @property() label = '';
  @property({ attribute: false }) option: ChartOption | undefined;
  @state() private failure = '';
  private chart: ECharts | undefined;
  private readonly sizes = new ResizeObserver(() => {
    this.chart?.resize();
    this.draw();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('themechange', this.draw);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', this.draw);
    this.sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('themechange', this.draw);
    matchMedia('(prefers-color-scheme: dark)').removeEventListener('change', this.draw);
    this.sizes.disconnect();
    this.chart?.dispose();
    this.chart = undefined;
  }

  protected override render() {
    if (this.failure !== '') return html`<p>${this.failure}</p>`;
    return html`<div role="img" aria-label=${this.label}></div>`;
  }

  protected override updated(): void {
    void this.start().then(this.draw);
  }

  private async start(): Promise<void> {
    try {
      const { init } = await import('./echarts');
      const canvas = this.renderRoot.querySelector('div');
      if (this.chart !== undefined || canvas === null || !this.isConnected) return;
      this.chart = init(canvas, undefined, { renderer: 'canvas' });
      this.chart.on('click', (picked) => {
        this.dispatchEvent(new CustomEvent('pick', { detail: picked.data ?? picked }));
      });
    } catch {
      this.failure = 'The chart could not be loaded; the numbers are in the table.';
    }
  }

  private readonly draw = (): void => {
    if (this.option === undefined || this.chart === undefined) return;
    const palette = paletteOf(this);
    const base = {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(this).fontFamily, color: palette.ink },
      // Drawn on the canvas: names of steps are text, and never become elements of the page.
      tooltip: { renderMode: 'richText', backgroundColor: palette.panel, textStyle: { color: palette.ink } },
    };
    this.chart.setOption({ ...base, ...this.option(palette, this.clientWidth) }, { notMerge: true });
  };
}

customElements.define('hub-chart', HubChart);

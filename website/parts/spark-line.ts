import { LitElement, css, svg, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';

const WIDTH = 120;
const HEIGHT = 32;
const MARGIN = 3;

/** A row of numbers as a line, without axes; the numbers themselves are told beside it. */
export class SparkLine extends LitElement {
  static override styles = css`
    :host {
      display: block;
      height: 2rem;
    }
    svg {
      width: 100%;
      height: 100%;
      overflow: visible;
    }
    path {
      fill: none;
      stroke: var(--hub-accent);
      stroke-width: 1.75;
      vector-effect: non-scaling-stroke;
    }
    line {
      stroke: var(--hub-good);
      stroke-dasharray: 3 3;
      vector-effect: non-scaling-stroke;
    }
  `;

  @property({ attribute: false }) values: readonly (number | null)[] = [];
  @property({ attribute: false }) target: number | undefined;

  protected override render() {
    const known = this.values.filter((value): value is number => value !== null);
    if (known.length < 2) return nothing;
    const all = this.target === undefined ? known : [...known, this.target];
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const y = (value: number) => HEIGHT - MARGIN - ((value - least) / (most - least || 1)) * (HEIGHT - 2 * MARGIN);
    const x = (index: number) => (index / (this.values.length - 1)) * WIDTH;
    let isDrawing = false;
    const steps = this.values.map((value, index) => {
      if (value === null) {
        isDrawing = false;
        return '';
      }
      const step = `${isDrawing ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      isDrawing = true;
      return step;
    });
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${
        this.target === undefined
          ? nothing
          : svg`<line x1="0" x2=${WIDTH} y1=${y(this.target)} y2=${y(this.target)}></line>`
      }
      <path d=${steps.join('')}></path>
    </svg>`;
  }
}

customElements.define('hub-spark-line', SparkLine);

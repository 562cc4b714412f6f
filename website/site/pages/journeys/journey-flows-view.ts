import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { journeyIcicle, type IciclePiece } from '../../../charts/journey-icicle';
import { journeySankey, type SankeyNode } from '../../../charts/journey-sankey';
import { controls } from '../../../style/controls';
import { branchChosen, stepChosen, type Asked, type ChosenStep, type TreePick, type Whose } from './whose';
import '../../../charts/hub-chart';
import './tree-outline';

/** The journeys of one segment as flows and as a tree. Fires `choose` with a `ChosenStep`, and `whose` with a `Whose`. */
export class JourneyFlowsView extends LitElement {
  static override styles = [
    controls,
    css`
      hub-chart {
        height: 24rem;
        min-width: 34rem;
      }
    `,
  ];

  @property({ attribute: false }) asked: Asked | undefined;
  /** All step types, which give each its colour. */
  @property({ attribute: false }) steps: readonly string[] = [];
  /** Whether charts stand below one another. */
  @property({ type: Boolean }) narrow = false;

  protected override render() {
    if (this.asked === undefined) return nothing;
    const { answer, question, side } = this.asked;
    const { journeys, tree } = answer;
    const as = question.as ?? 'end';
    const of = side === '' ? '' : ` of ${side}`;
    return html`<div class=${this.narrow ? 'stack' : 'columns'}>
      <section class="panel">
        <h2>Flows of the ${journeys.length} most frequent journeys${of}</h2>
        <div class="scroll" tabindex="0" role="region" aria-label=${`Flows${of}`}>
          <hub-chart
            label="Flows from step to step; the table below has the same journeys"
            .option=${guard([journeys, as, this.steps], () => journeySankey(journeys, as, this.steps))}
            @pick=${({ detail }: CustomEvent<Partial<SankeyNode>>) => this.pickNode(detail)}
          ></hub-chart>
        </div>
      </section>
      ${
        tree === undefined
          ? nothing
          : html`<section class="panel">
              <h2>All journeys${of}, step by step</h2>
              <div class="scroll" tabindex="0" role="region" aria-label=${`All journeys${of}`}>
                <hub-chart
                  label="All journeys as a tree of steps; the list below it has the same numbers"
                  .option=${guard([tree, as, this.steps], () => journeyIcicle(tree, as, this.steps))}
                  @pick=${({ detail }: CustomEvent<IciclePiece>) => this.pickBranch(detail)}
                ></hub-chart>
              </div>
              <tree-outline
                .tree=${tree}
                .as=${as}
                @pick=${({ detail }: CustomEvent<TreePick>) => this.pickBranch(detail)}
              ></tree-outline>
            </section>`
      }
    </div>`;
  }

  /** Where not all fits, the event of interest is seen first. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('asked')) return;
    for (const region of this.renderRoot.querySelectorAll('.scroll')) {
      region.scrollLeft = this.asked?.question.as === 'start' ? 0 : region.scrollWidth;
    }
  }

  private pickNode({ step, offset }: Partial<SankeyNode>): void {
    // Flows between nodes are no step.
    if (step !== undefined && offset !== undefined) this.choose(stepChosen([this.asked!], step, offset));
  }

  private pickBranch(piece: TreePick): void {
    this.choose(branchChosen(this.asked!, piece));
  }

  private choose(chosen: ChosenStep | Whose): void {
    this.dispatchEvent(new CustomEvent('step' in chosen ? 'choose' : 'whose', { detail: chosen, bubbles: true }));
  }
}

customElements.define('journey-flows-view', JourneyFlowsView);

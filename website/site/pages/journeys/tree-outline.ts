import { LitElement, css, html, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { JourneyTreeNode } from '../../../../schemas/frequency';
import { count, share, words } from '../../../api/formats';
import { controls } from '../../../style/controls';
import type { TreePick } from './whose';

/** The tree of journeys as nested lists: what the picture shows, in words. Fires `pick` with a `TreePick`. */
export class TreeOutline extends LitElement {
  static override styles = [
    controls,
    css`
      ul {
        margin: 0;
        padding-inline-start: 1.1rem;
        list-style: none;
      }
      summary {
        cursor: pointer;
      }
      button.plain {
        min-height: 1.75rem;
      }
    `,
  ];

  @property({ attribute: false }) tree: JourneyTreeNode | undefined;
  @property() as: 'start' | 'end' = 'end';

  protected override render() {
    const { tree } = this;
    if (tree === undefined) return nothing;
    return html`<details>
      <summary>The same as a list</summary>
      <ul>
        ${this.branch(tree, [tree.step], tree.count)}
      </ul>
    </details>`;
  }

  private branch(node: JourneyTreeNode, path: readonly string[], all: number): unknown {
    const { step, children, other } = node;
    const pick = this.button({ path, step, kind: 'step', count: node.count }, all);
    if (children.length === 0 && other === undefined) return html`<li>${pick}</li>`;
    const folded = other && { path, step: `${other.steps} other steps`, kind: 'other' as const, count: other.count };
    return html`<li>
      ${pick}
      <details ?open=${path.length === 1}>
        <summary class="quiet">
          ${this.as === 'end' ? 'before it' : 'after it'}
          <span class="visually-hidden">(${words(step)})</span>
        </summary>
        <ul>
          ${children.map((child) => this.branch(child, [...path, child.step], all))}
          ${folded === undefined ? nothing : html`<li>${this.button(folded, all)}</li>`}
        </ul>
      </details>
    </li>`;
  }

  private button(piece: TreePick, all: number) {
    return html`<button
      class="plain"
      @click=${() => this.dispatchEvent(new CustomEvent<TreePick>('pick', { detail: piece }))}
    >
      ${words(piece.step)}: ${count(piece.count)} (${share(piece.count / all)})
    </button>`;
  }
}

customElements.define('tree-outline', TreeOutline);

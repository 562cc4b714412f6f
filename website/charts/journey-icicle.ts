import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from 'echarts';
import type { JourneyTreeNode } from '../../schemas/frequency';
import { count, share, words } from '../api/formats';
import type { ChartOption } from './hub-chart';
import { stepColours } from './palette';

/** A node of the tree as a rectangle: `from` and `to` are shares of all journeys, `depth` steps from the event of interest. */
export interface IciclePiece {
  readonly path: readonly string[];
  readonly step: string;
  readonly kind: 'step' | 'other';
  readonly count: number;
  readonly depth: number;
  readonly from: number;
  readonly to: number;
}

/** The tree's nodes as rectangles side by side; what was folded is one of its own. */
export function iciclePieces(tree: JourneyTreeNode): IciclePiece[] {
  const pieces: IciclePiece[] = [];
  const place = (node: JourneyTreeNode, path: readonly string[], from: number): void => {
    const to = from + node.count / tree.count;
    pieces.push({ path, step: node.step, kind: 'step', count: node.count, depth: path.length - 1, from, to });
    let next = from;
    for (const child of node.children) {
      place(child, [...path, child.step], next);
      next += child.count / tree.count;
    }
    if (node.other === undefined) return;
    const step = `${node.other.steps} other steps`;
    const end = next + node.other.count / tree.count;
    pieces.push({ path, step, kind: 'other', count: node.other.count, depth: path.length, from: next, to: end });
  };
  if (tree.count > 0) place(tree, [tree.step], 0);
  return pieces;
}

const SMALLEST_LABEL = { width: 36, height: 14 };

/** Journeys as an icicle: the event of interest on one side, and what led to it, or followed, step by step. */
export function journeyIcicle(tree: JourneyTreeNode, as: 'start' | 'end', steps: readonly string[]): ChartOption {
  const pieces = iciclePieces(tree);
  const depths = Math.max(...pieces.map(({ depth }) => depth)) + 1;
  return (palette) => {
    const colourOf = stepColours(palette, steps);
    return {
      grid: { left: 4, right: 4, top: 4, bottom: 4 },
      xAxis: { show: false, min: 0, max: depths, inverse: as === 'end' },
      yAxis: { show: false, min: 0, max: 1, inverse: true },
      series: [
        {
          type: 'custom',
          data: pieces.map((piece) => ({ ...piece, value: [piece.depth, piece.from, piece.to] })),
          encode: { x: 0, y: [1, 2] },
          renderItem: ({ dataIndex }: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
            const piece = pieces[dataIndex]!;
            const [left, top] = api.coord([piece.depth, piece.from]) as [number, number];
            const [right, bottom] = api.coord([piece.depth + 1, piece.to]) as [number, number];
            const shape = {
              x: Math.min(left, right),
              y: top,
              width: Math.abs(right - left),
              height: Math.max(bottom - top, 0.5),
            };
            const fits = shape.width > SMALLEST_LABEL.width && shape.height > SMALLEST_LABEL.height;
            const color = piece.depth === 0 ? palette.anchor : colourOf(piece.step);
            return {
              type: 'rect',
              shape,
              style: {
                fill: piece.kind === 'other' ? palette.line : color,
                opacity: 0.85,
                stroke: palette.panel,
                lineWidth: 1,
              },
              ...(fits && {
                textContent: {
                  style: {
                    text: `${words(piece.step)}  ${share(piece.count / tree.count)}`,
                    fill: piece.kind === 'other' ? palette.ink : piece.depth === 0 ? palette.panel : '#ffffff',
                    width: shape.width - 8,
                    overflow: 'truncate',
                    fontSize: 12,
                    stroke: piece.kind === 'other' || piece.depth === 0 ? undefined : 'rgb(0 0 0 / 0.55)',
                    lineWidth: 2,
                  },
                },
                textConfig: { position: 'inside' },
              }),
            };
          },
          tooltip: {
            formatter: ({ data }: { data: IciclePiece }) =>
              `${[...data.path, ...(data.kind === 'other' ? [data.step] : [])].map(words).join(as === 'end' ? ' ← ' : ' → ')}: ${count(data.count)}`,
          },
        },
      ],
    };
  };
}

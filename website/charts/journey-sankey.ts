import type { JourneyFrequencyAnswer } from '../../schemas/frequency';
import { count, words } from '../api/formats';
import type { ChartOption } from './hub-chart';
import { stepColours } from './palette';

type Journeys = JourneyFrequencyAnswer['journeys'];

export interface SankeyNode {
  /** Place and step: a step has a node at each distance from the event of interest. */
  readonly name: string;
  readonly step: string;
  /** From the event of interest, which is at 0. */
  readonly offset: number;
  readonly depth: number;
  readonly count: number;
}

/** The listed journeys as flows from step to step, aligned at the event of interest. */
export function journeyFlows(journeys: Journeys, as: 'start' | 'end') {
  const longest = Math.max(0, ...journeys.map(({ steps }) => steps.length));
  const nodes = new Map<string, SankeyNode>();
  const links = new Map<string, { source: string; target: string; value: number }>();
  for (const { steps, count: customers } of journeys) {
    const names = steps.map((step, index) => {
      const offset = as === 'end' ? index - steps.length + 1 : index;
      const name = `${offset} ${step}`;
      const depth = as === 'end' ? longest - 1 + offset : offset;
      const before = nodes.get(name)?.count ?? 0;
      nodes.set(name, { name, step, offset, depth, count: before + customers });
      return name;
    });
    names.slice(1).forEach((target, index) => {
      const source = names[index]!;
      const key = JSON.stringify([source, target]);
      links.set(key, { source, target, value: (links.get(key)?.value ?? 0) + customers });
    });
  }
  return { nodes: [...nodes.values()], links: [...links.values()], depths: longest };
}

const NODE_WIDTH = 18;
/** What the names of the last nodes have, in pixels. */
const LAST_LABEL = 96;
/** Of the journeys shown. */
const SMALLEST_LABELLED = 0.04;

/** A Sankey diagram of journeys: how many customers went from which step to which. */
export function journeySankey(journeys: Journeys, as: 'start' | 'end', steps: readonly string[]): ChartOption {
  const { nodes, links, depths } = journeyFlows(journeys, as);
  const all = Math.max(...nodes.map((node) => node.count));
  return (palette, width) => {
    const colourOf = stepColours(palette, steps);
    return {
      series: [
        {
          type: 'sankey',
          data: nodes.map((node) => ({
            ...node,
            itemStyle: {
              color: node.offset === 0 ? palette.anchor : colourOf(node.step),
            },
          })),
          links,
          left: 8,
          nodeWidth: NODE_WIDTH,
          right: LAST_LABEL,
          nodeGap: 10,
          nodeAlign: as === 'end' ? 'right' : 'left',
          emphasis: { focus: 'adjacency' },
          lineStyle: { color: 'source', opacity: 0.3, curveness: 0.5 },
          label: {
            color: palette.ink,
            overflow: 'truncate',
            width: Math.max(40, (width - LAST_LABEL) / Math.max(1, depths - 1) - NODE_WIDTH - 12),
            // Names of slivers would lie over one another: they are told where one points at them.
            formatter: ({ data }: { data: SankeyNode }) =>
              data.count < SMALLEST_LABELLED * all ? '' : words(data.step),
          },
          tooltip: {
            formatter: ({ data }: { data: SankeyNode | { source: string; target: string; value: number } }) =>
              'step' in data
                ? `${words(data.step)}: ${count(data.count)} of the journeys shown`
                : `${nameOf(data.source)} → ${nameOf(data.target)}: ${count(data.value)}`,
          },
        },
      ],
    };
  };
}

function nameOf(node: string): string {
  return words(node.replace(/^-?\d+ /, ''));
}

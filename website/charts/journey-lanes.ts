import { time, words } from '../api/formats';
import type { ChartOption } from './hub-chart';

export interface LaneEvent {
  readonly lane: string;
  readonly name: string;
  /** An ISO time. */
  readonly at: string;
  readonly isMilestone: boolean;
}

/** Steps over time, a lane a channel, and milestones in a lane of their own. */
export function journeyLanes(events: readonly LaneEvent[], timeZone: string): ChartOption {
  const lanes = [...new Set(events.map(({ lane }) => lane))].sort();
  return (palette) => ({
    grid: { left: 8, right: 16, top: 8, bottom: 8, containLabel: true },
    xAxis: {
      type: 'time',
      axisLabel: { color: palette.quiet, hideOverlap: true },
      axisLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'category',
      data: lanes,
      axisLabel: { color: palette.ink },
      splitLine: { show: true, lineStyle: { color: palette.line } },
    },
    series: [
      {
        type: 'scatter',
        data: events.map((event) => ({
          value: [event.at, event.lane],
          name: event.name,
          symbol: event.isMilestone ? 'diamond' : 'circle',
          symbolSize: event.isMilestone ? 14 : 10,
          itemStyle: { color: event.isMilestone ? palette.anchor : palette.accent, opacity: 0.85 },
        })),
        tooltip: {
          formatter: ({ name, value }: { name: string; value: [string, string] }) =>
            `${words(name)}\n${value[1]}, ${time(value[0], timeZone)}`,
        },
      },
    ],
  });
}

import { count, share } from '../api/formats';
import type { ChartOption } from './hub-chart';

export interface Bin {
  readonly rows: number;
  readonly said: number;
  readonly was: number;
}

/** How often it happened to those of whom a model said how likely it is: on the diagonal, the model says what is so. */
export function calibration(bins: readonly Bin[]): ChartOption {
  const most = Math.max(...bins.flatMap(({ said, was }) => [said, was]), 0.01);
  return (palette) => {
    const axis = (name: string) => ({
      type: 'value' as const,
      name,
      nameLocation: 'middle' as const,
      nameGap: 28,
      min: 0,
      max: most,
      axisLabel: { color: palette.quiet, formatter: share },
      nameTextStyle: { color: palette.quiet },
      splitLine: { lineStyle: { color: palette.line } },
    });
    return {
      grid: { left: 28, right: 16, top: 12, bottom: 28, containLabel: true },
      xAxis: axis('said'),
      yAxis: { ...axis('was'), nameGap: 44 },
      series: [
        {
          type: 'line',
          silent: true,
          showSymbol: false,
          color: palette.quiet,
          lineStyle: { type: 'dashed' },
          data: [
            [0, 0],
            [most, most],
          ],
        },
        {
          type: 'line',
          color: palette.accent,
          symbolSize: 8,
          data: bins.map(({ rows, said, was }) => ({ value: [said, was], name: count(rows) })),
          tooltip: {
            formatter: ({ name, value: [said, was] }: { name: string; value: [number, number] }) =>
              `said ${share(said)}, was ${share(was)} of ${name} rows`,
          },
        },
      ],
    };
  };
}

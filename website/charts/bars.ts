import { count } from '../api/formats';
import type { ChartOption } from './hub-chart';

/** Numbers side by side, such as one a week. */
export function bars(
  labels: readonly string[],
  values: readonly number[],
  text: (value: number) => string = count,
): ChartOption {
  return (palette) => ({
    grid: { left: 8, right: 8, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      backgroundColor: palette.panel,
      textStyle: { color: palette.ink },
      valueFormatter: text,
    },
    xAxis: {
      type: 'category',
      data: labels,
      axisLabel: { color: palette.quiet },
      axisLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'value',
      axisLabel: { color: palette.quiet, formatter: text },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [{ type: 'bar', data: values, color: palette.accent }],
  });
}

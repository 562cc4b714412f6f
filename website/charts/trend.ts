import type { KpiAnswer } from '../../schemas/kpi-report';
import { decimal, share } from '../api/formats';
import type { ChartOption } from './hub-chart';

/** A value of a KPI in its unit. */
export function valueText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  return unit === 'share' ? share(value) : decimal(value);
}

/** A KPI over time: a line, an area or bars for each of its series, the target as a line, and what is unusual as a dot. */
export function trend({ kpi, series }: KpiAnswer): ChartOption {
  const text = (value: number) => valueText(value, kpi.unit);
  const days = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort();
  return (palette) => ({
    grid: { left: 8, right: 12, top: series.length > 1 ? 32 : 12, bottom: 4, containLabel: true },
    legend: { show: series.length > 1, top: 0, textStyle: { color: palette.ink } },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      backgroundColor: palette.panel,
      textStyle: { color: palette.ink },
      valueFormatter: (value: number | undefined) => (value === undefined ? '–' : text(value)),
    },
    xAxis: {
      type: 'category',
      data: days,
      axisLabel: { color: palette.quiet },
      axisLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'value',
      axisLabel: { color: palette.quiet, formatter: text },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: series.map(({ of, points }, index) => {
      const byDay = new Map(points.map((point) => [point.at, point]));
      const color = series.length === 1 ? palette.accent : palette.kinds[index % palette.kinds.length];
      return {
        name: of ?? kpi.title,
        type: kpi.chart === 'bar' ? 'bar' : 'line',
        ...(series.length > 1 && kpi.chart !== 'line' && { stack: 'all' }),
        ...(kpi.chart === 'area' && { areaStyle: { opacity: 0.25 } }),
        color,
        showSymbol: false,
        data: days.map((day) => {
          const point = byDay.get(day);
          return {
            value: point?.value ?? undefined,
            ...(point?.anomalous === true && { symbol: 'circle', symbolSize: 9, itemStyle: { color: palette.bad } }),
          };
        }),
        ...(index === 0 &&
          kpi.target !== undefined && {
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: palette.good, type: 'dashed' },
              label: { color: palette.good, formatter: `target ${text(kpi.target)}`, position: 'insideEndTop' },
              data: [{ yAxis: kpi.target }],
            },
          }),
      };
    }),
  });
}

import fc from 'fast-check';
import { kpiSeries, kpiTotal, visibleRows, type KpiRow } from '../../../core/kpis/kpi-series';
import { kpiFrontMatter, type Kpi } from '../../../schemas/kpi';

const kpi = (more: object = {}): Kpi => ({
  ...kpiFrontMatter.parse({ title: 'K', unit: 'x', filters: ['city', 'channel'], ...more }),
  id: 'k',
  sql: '',
});
const row = (
  day: string,
  city: string,
  channel: string,
  numerator: number,
  denominator: number | null = null,
): KpiRow => ({
  day,
  dimensions: [city, channel],
  numerator,
  denominator,
});
const ROWS = [
  row('2026-01-05', 'Bonn', 'web', 1, 4),
  row('2026-01-05', 'Köln', 'web', 3, 4),
  row('2026-01-06', 'Bonn', 'call', 2, 2),
  row('2026-02-01', 'Bonn', 'web', 0, 0),
];
const ALL = { from: '2026-01-01', to: '2026-02-28', grain: 'day' as const };

it('rates are sums divided, and not means of rates', () => {
  const [series] = kpiSeries(kpi(), ROWS, { ...ALL, grain: 'month' });
  expect(series!.points).toEqual([
    { at: '2026-01-01', value: 6 / 10 },
    { at: '2026-02-01', value: null },
  ]);
});

it('a stock is what it was on the last day of a period', () => {
  const stock = ROWS.map((one) => ({ ...one, denominator: null }));
  const [series] = kpiSeries(kpi({ over: 'last' }), stock, { ...ALL, grain: 'week' });
  // Weeks begin on Monday: the fifth of January was one.
  expect(series!.points).toEqual([
    { at: '2026-01-05', value: 2 },
    { at: '2026-01-26', value: 0 },
  ]);
});

it('a filter has a series for each of its values', () => {
  expect(kpiSeries(kpi(), ROWS, { ...ALL, to: '2026-01-05', by: 'city' })).toEqual([
    { of: 'Bonn', points: [{ at: '2026-01-05', value: 1 / 4 }] },
    { of: 'Köln', points: [{ at: '2026-01-05', value: 3 / 4 }] },
  ]);
});

it('rows outside of a scope are never seen, whatever is asked for', () => {
  const rows = fc.array(
    fc.record({
      city: fc.constantFrom('Bonn', 'Köln', 'Ulm'),
      channel: fc.constantFrom('web', 'call'),
      numerator: fc.nat(9),
    }),
  );
  const asked = fc.record({ city: fc.subarray(['Bonn', 'Köln', 'Ulm'], { minLength: 1 }) }, { requiredKeys: [] });
  fc.assert(
    fc.property(rows, asked, (given, filters) => {
      const all = given.map(({ city, channel, numerator }) => row('2026-01-05', city, channel, numerator));
      const seen = visibleRows(kpi(), all, { city: ['Bonn'] }, filters as Record<string, string[]>);
      expect(seen.every(({ dimensions: [city] }) => city === 'Bonn')).toBe(true);
      const isAsked = filters.city === undefined || filters.city.includes('Bonn');
      expect(seen).toHaveLength(isAsked ? all.filter(({ dimensions: [city] }) => city === 'Bonn').length : 0);
    }),
  );
});

it('what cannot be told apart is refused to whom a scope has', () => {
  expect(() => visibleRows(kpi({ filters: ['channel'] }), ROWS, { city: ['Bonn'] }, {})).toThrow(
    expect.objectContaining({ code: 'KPI_OUT_OF_SCOPE', field: 'city' }),
  );
  expect(() => kpiSeries(kpi(), ROWS, { ...ALL, by: 'region' })).toThrow(
    expect.objectContaining({ code: 'FILTER_UNKNOWN' }),
  );
});

it('series of any filter add up to the whole', () => {
  const rows = fc.array(
    fc.record({
      day: fc.constantFrom('2026-01-05', '2026-01-06'),
      city: fc.constantFrom('Bonn', 'Köln'),
      value: fc.nat(99),
    }),
  );
  fc.assert(
    fc.property(rows, (given) => {
      const all = given.map(({ day, city, value }) => row(day, city, 'web', value));
      const sum = kpiSeries(kpi(), all, { ...ALL, by: 'city' })
        .flatMap(({ points }) => points)
        .reduce((total, { value }) => total + (value ?? 0), 0);
      expect(sum).toBe(kpiTotal(kpi(), all, ALL.from, ALL.to) ?? 0);
    }),
  );
});

import type { ExplainedPair } from '../../adapters/local/identity/explain-file';

/** Characters of the longest bar, to either side. */
const HALF = 16;

/** A pair's way from the prior to the odds, as a chart for the terminal. */
export function waterfall({ prior, comparisons, weight, probability, values }: ExplainedPair): string {
  const steps = [
    { name: 'prior', bits: prior, note: 'two records at random' },
    ...comparisons.map(({ field, weight: bits, level }) => {
      const said = values[field]!.map((value) => value ?? '–');
      return { name: field, bits, note: `${level}: ${said[0] === said[1] ? said[0] : said.join(' | ')}` };
    }),
    {
      name: 'together',
      bits: weight,
      note: `probability ${(probability * 100).toFixed(probability < 0.999 ? 2 : 5)} %`,
    },
  ];
  const longest = Math.max(1, ...steps.map(({ bits }) => Math.abs(bits)));
  const width = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.map(({ name, bits, note }) => {
    const size = Math.round((Math.abs(bits) / longest) * HALF);
    const bar =
      bits < 0 ? '█'.repeat(size).padStart(HALF) + ' '.repeat(HALF) : ' '.repeat(HALF) + '█'.repeat(size).padEnd(HALF);
    return `${name.padEnd(width)} ${signed(bits)} ${bar} ${note}`.trimEnd();
  });
  return `${lines.join('\n')}\n(log2 odds: each step doubles or halves them as often as its number says)\n`;
}

function signed(bits: number): string {
  return `${bits < 0 ? '-' : '+'}${Math.abs(bits).toFixed(2)}`.padStart(7);
}

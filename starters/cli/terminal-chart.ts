import { frequencyChart } from '../../core/frequency/frequency-chart';
import type { JourneyFrequencyAnswer, JourneyCut } from '../../schemas/frequency';

/** An answer of the frequency analyzer as a chart for this terminal. */
export function terminalChart(answer: JourneyFrequencyAnswer, question: JourneyCut): string {
  const colour = process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
  return frequencyChart(answer, question, { width: process.stdout.columns ?? 80, colour });
}

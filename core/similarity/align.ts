import type { AlignmentStep } from '../../schemas/similarity';
import type { LetterSpan } from './edit-distance';
import { exchangeCost, type StepCosts } from './step-costs';

/**
 * How one journey becomes another at the least cost, step by step. Of equally cheap ways it is the one that, from the
 * end, keeps or exchanges before it leaves out, and leaves out before it puts in.
 */
export function align(
  from: LetterSpan,
  to: LetterSpan,
  costs: StepCosts,
  alphabet: readonly string[],
): AlignmentStep[] {
  const cells = costTable(from, to, costs);
  const at = (i: number, j: number) => cells[i * (to.length + 1) + j] as number;
  const steps: AlignmentStep[] = [];
  let i = from.length;
  let j = to.length;
  while (i > 0 || j > 0) {
    const own = i > 0 ? letterAt(from, i - 1) : -1;
    const other = j > 0 ? letterAt(to, j - 1) : -1;
    const exchange = i > 0 && j > 0 ? exchangeCost(costs, own, other) : Infinity;
    const name = { from: alphabet[own] as string, to: alphabet[other] as string };
    if (i > 0 && j > 0 && at(i, j) === at(i - 1, j - 1) + exchange) {
      steps.push({ op: own === other ? 'same' : 'replaced', ...name, cost: exchange });
      i--;
      j--;
    } else if (i > 0 && at(i, j) === at(i - 1, j) + (costs.step[own] as number)) {
      steps.push({ op: 'left out', from: name.from, cost: costs.step[own] as number });
      i--;
    } else {
      steps.push({ op: 'put in', to: name.to, cost: costs.step[other] as number });
      j--;
    }
  }
  return steps.reverse();
}

function costTable(from: LetterSpan, to: LetterSpan, costs: StepCosts): Float64Array {
  const width = to.length + 1;
  const cells = new Float64Array((from.length + 1) * width);
  for (let i = 0; i <= from.length; i++) {
    for (let j = 0; j <= to.length; j++) {
      if (i === 0 && j === 0) continue;
      const own = i > 0 ? letterAt(from, i - 1) : -1;
      const other = j > 0 ? letterAt(to, j - 1) : -1;
      const exchanged =
        i > 0 && j > 0 ? (cells[(i - 1) * width + j - 1] as number) + exchangeCost(costs, own, other) : Infinity;
      const leftOut = i > 0 ? (cells[(i - 1) * width + j] as number) + (costs.step[own] as number) : Infinity;
      const putIn = j > 0 ? (cells[i * width + j - 1] as number) + (costs.step[other] as number) : Infinity;
      cells[i * width + j] = Math.min(exchanged, leftOut, putIn);
    }
  }
  return cells;
}

function letterAt({ letters, start }: LetterSpan, index: number): number {
  return letters[start + index] as number;
}

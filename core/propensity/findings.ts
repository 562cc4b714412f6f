import type { WatchedModel } from '../../ports/model-watch';
import type { PropensitySpec } from '../../schemas/propensity';
import { isOff } from './calibration-drift';

/** What is wrong with a deployed model, or with what it is asked from. */
export interface Finding {
  readonly kind: 'drift' | 'calibration' | 'age' | 'stale';
  readonly says: string;
}

export interface WatchMoment {
  /** Epoch milliseconds up to which all is known. */
  readonly knownUntil: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

const DAY = 86_400_000;
const NAMED_FEATURES = 3;

/**
 * What is to be said of a deployed model. Features alone are no finding: they tell why the score has drifted.
 *
 * @param watched undefined where nothing is known of what it was learned from
 */
export function findingsOf(
  { watch, cadence }: Pick<PropensitySpec, 'watch' | 'cadence'>,
  watched: WatchedModel | undefined,
  { knownUntil, now }: WatchMoment,
): Finding[] {
  const findings: Finding[] = [];
  const find = (kind: Finding['kind'], says: string) => findings.push({ kind, says });
  if (watched !== undefined) {
    const { score, features, calibration } = watched;
    if (score.psi > watch.psi && score.isBeyondChance) {
      const most = features.slice(0, NAMED_FEATURES).map(({ feature, psi }) => `${feature} (${psi.toFixed(2)})`);
      find('drift', `the score has drifted (PSI ${score.psi.toFixed(2)}), and most of all ${most.join(', ')}`);
    }
    if (calibration !== undefined && isOff(calibration, watch.calibration)) {
      const { of, expected, observed } = calibration;
      const what = of === 'it' ? '' : ` of ${of}`;
      find('calibration', `it expected ${told(expected)}${what} on average, and ${told(observed)} came of it`);
    }
    const age = knownUntil - watched.knownUntil;
    if (age >= cadence) find('age', `it was learned from what was known ${days(age)} before`);
  }
  const silence = now - knownUntil;
  if (silence > watch.stale) find('stale', `nothing has happened to anybody for ${days(silence)}`);
  return findings;
}

/** Stale data is not mended by learning from it again. */
export function wantsTraining(findings: readonly Finding[]): boolean {
  return findings.some(({ kind }) => kind !== 'stale');
}

function days(ms: number): string {
  const whole = Math.floor(ms / DAY);
  return `${whole} ${whole === 1 ? 'day' : 'days'}`;
}

function told(value: number): string {
  return value.toPrecision(3);
}

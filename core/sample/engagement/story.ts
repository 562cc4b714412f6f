import type { Random } from '../random';
import { daytime, type Interaction, type Period } from '../walks';

/** What a model is to find a cause of. */
export type StoryName = 'fraud' | 'offers' | 'csat';

export type OfferKind = 'data' | 'device' | 'savings';

export type EngagementStep =
  | 'app_password_reset'
  | 'app_address_change'
  | 'app_sim_swap'
  | 'fraud_report'
  | `offer_${OfferKind}_shown`
  | `offer_${OfferKind}_accepted`
  | 'appointment_booked'
  | 'appointment_kept'
  | 'appointment_missed'
  | 'csat_survey';

export interface EngagementEvent {
  readonly step: EngagementStep;
  /** Epoch milliseconds, whole seconds. */
  readonly at: number;
  /** Of a survey: how satisfied somebody is, from 1 to 5, and how likely they recommend the operator, from 0 to 10. */
  readonly answers?: { readonly score: number; readonly nps: number };
}

/** The truth about something that chance decided. */
export interface Decision {
  readonly story: StoryName;
  /** What it was planted by: of several causes one after the other with `+`; `none` for nothing in particular. */
  readonly cause: string;
  /** Epoch milliseconds: what came before it is what caused it. */
  readonly at: number;
  readonly outcome: string;
}

/** What one model has to learn from in one person's life. */
export interface Story {
  readonly events: readonly EngagementEvent[];
  readonly decisions: readonly Decision[];
}

/** What a story is told along. */
export interface Life {
  /** What the person does anyway, in the order of time. */
  readonly interactions: readonly Interaction[];
  readonly period: Period;
  /** Epoch milliseconds from which on nobody asks or offers anything: the person has left, or the period is over. */
  readonly until: number;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Moments of a person's life, `meanDays` apart in the mean, in the order of time. */
export function moments(random: Random, { period, until }: Life, meanDays: number): number[] {
  const found: number[] = [];
  for (let day = random.exponential(meanDays); day < period.days; day += random.exponential(meanDays)) {
    found.push(daytime(random, period, Math.floor(day)));
  }
  return found.filter((at) => at < until).sort((a, b) => a - b);
}

/** How often one of some steps was taken within so many days before a moment. */
export function countWithin(
  interactions: readonly { readonly step: string; readonly at: number }[],
  steps: readonly string[],
  at: number,
  days: number,
): number {
  const from = at - days * DAY;
  return interactions.filter((taken) => taken.at >= from && taken.at < at && steps.includes(taken.step)).length;
}

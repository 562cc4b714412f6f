import type { Random } from '../random';
import { wholeSeconds } from '../walks';
import { countWithin, DAY, moments, type Decision, type EngagementEvent, type Life, type Story } from './story';

interface Grievance {
  readonly cause: string;
  readonly steps: readonly string[];
  /** So many of the steps are a grievance. */
  readonly least: number;
  /** Points of the score. */
  readonly costs: number;
}

/** What a customer does not forget for so many days. */
const GRIEVANCE_DAYS = 60;
export const grievances: readonly Grievance[] = [
  { cause: 'repeated calls', steps: ['call_center', 'ivr_menu', 'complaint', 'agent_transfer'], least: 2, costs: 1.3 },
  { cause: 'outage', steps: ['outage'], least: 1, costs: 1.1 },
  { cause: 'missed appointment', steps: ['appointment_missed'], least: 1, costs: 1.6 },
  { cause: 'bill shock', steps: ['bill_shock'], least: 1, costs: 0.9 },
];

/** The score of somebody without a grievance, in the mean; and how far a mood moves it at most. */
const CONTENT = 4.4;
const MOOD = 1.2;

const SURVEY_MEAN_DAYS = 40;
const APPOINTMENT_MEAN_DAYS = 110;
const MISSED = 0.4;

/** Surveys in the app, with a score from 1 to 5, and how likely one recommends the operator from 0 to 10; and appointments with technicians, to which not all of them come. */
export function surveysStory(random: Random, life: Life): Story {
  const appointments = appointmentsOf(random, life);
  const lived = [...life.interactions, ...appointments];
  const events = [...appointments];
  const decisions: Decision[] = [];
  for (const at of moments(random, life, SURVEY_MEAN_DAYS)) {
    const had = grievances.filter(({ steps, least }) => countWithin(lived, steps, at, GRIEVANCE_DAYS) >= least);
    const mood = MOOD * (random.unit() + random.unit() - 1);
    const felt = had.reduce((left, { costs }) => left - costs, CONTENT + mood);
    const score = Math.min(5, Math.max(1, Math.round(felt)));
    const nps = Math.min(10, Math.max(0, Math.round(2.5 * (felt - 1))));
    events.push({ step: 'csat_survey', at, answers: { score, nps } });
    const cause = had.map((grievance) => grievance.cause).join('+') || 'none';
    decisions.push({ story: 'csat', cause, at, outcome: String(score) });
  }
  return { events, decisions };
}

function appointmentsOf(random: Random, life: Life): EngagementEvent[] {
  return moments(random, life, APPOINTMENT_MEAN_DAYS).flatMap((at): EngagementEvent[] => {
    const step = random.chance(MISSED) ? 'appointment_missed' : 'appointment_kept';
    return [
      { step: 'appointment_booked', at },
      { step, at: wholeSeconds(at + DAY + random.unit() * 3 * DAY) },
    ];
  });
}

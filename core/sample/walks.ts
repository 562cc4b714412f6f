import type { Random } from './random';
import { plantedJourneys, type PlantedJourney, type Step } from './steps';

export interface Interaction {
  readonly step: Step;
  /** Epoch milliseconds, whole seconds. */
  readonly at: number;
}

export interface Walk {
  /** In the order of time. */
  readonly interactions: readonly Interaction[];
  readonly planted: PlantedJourney | undefined;
  readonly churned: boolean;
}

export interface Period {
  /** Epoch milliseconds of the first day's midnight, UTC. */
  readonly start: number;
  readonly days: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Of those who churn, the share of whom nothing is heard afterwards. */
const GONE_FOR_GOOD = 0.85;
/** The share of planted journeys in whose time nothing else happens. */
const UNDISTURBED = 0.75;
/** Customers who leave without any of the planted reasons. */
const CHURN_WITHOUT_REASON = 0.003;

/** What one person goes through in the period: bills every month, visits, now and then a trouble, maybe a planted journey. */
export function walkOf(random: Random, period: Period): Walk {
  const planted = pickPlanted(random);
  const story = planted === undefined ? [] : tellStory(random, period, planted);
  let background = [...bills(random, period), ...visits(random, period), ...contacts(random, period)];
  if (story.length > 0 && random.chance(UNDISTURBED)) {
    const [from, to] = [story[0]!.at, story[story.length - 1]!.at];
    background = background.filter(({ at }) => at < from || at > to);
  }
  if (planted === undefined && random.chance(CHURN_WITHOUT_REASON)) {
    background.push({ step: 'churn', at: daytime(random, period, random.integer(1, period.days)) });
  }
  return endAtChurn(
    random,
    planted,
    [...background, ...story].sort((a, b) => a.at - b.at),
  );
}

function pickPlanted(random: Random): PlantedJourney | undefined {
  let left = random.unit();
  return plantedJourneys.find((journey) => (left -= journey.share) < 0);
}

/** The planted steps, hours to days apart, ending within the period. */
function tellStory(random: Random, period: Period, { steps }: PlantedJourney): Interaction[] {
  const gaps = steps.map((_, index) => (index === 0 ? 0 : 10 * MINUTE + random.exponential(20 * HOUR)));
  const length = gaps.reduce((sum, gap) => sum + gap, 0);
  const latest = Math.max(0, period.days * DAY - length - DAY);
  let at = period.start + random.unit() * latest;
  return steps.map((step, index) => {
    at += gaps[index]!;
    return { step, at: wholeSeconds(at) };
  });
}

/** A bill a month, mostly looked at and paid. */
function bills(random: Random, period: Period): Interaction[] {
  const found: Interaction[] = [];
  const usesApp = random.chance(0.6);
  const looks = random.chance(0.5);
  for (let day = random.integer(0, 28); day < period.days; day += 30) {
    const issued = daytime(random, period, day);
    found.push({ step: 'bill_issued', at: issued });
    if (looks && random.chance(0.7)) {
      found.push({
        step: usesApp ? 'app_bill_view' : 'web_bill_view',
        at: wholeSeconds(issued + random.exponential(2 * DAY)),
      });
    }
    const due = issued + 10 * DAY + random.exponential(DAY);
    if (random.chance(0.04)) {
      found.push({ step: 'late_payment', at: wholeSeconds(due) });
      found.push({ step: 'payment_reminder', at: wholeSeconds(due + 3 * DAY) });
      found.push({ step: 'bill_payment', at: wholeSeconds(due + 5 * DAY + random.exponential(DAY)) });
    } else found.push({ step: 'bill_payment', at: wholeSeconds(due) });
  }
  return found.filter(({ at }) => at < period.start + period.days * DAY);
}

const appSteps: readonly Step[] = ['app_usage_view', 'app_usage_view', 'app_bill_view', 'app_plan_view', 'speed_test'];
const webSteps: readonly Step[] = ['web_faq', 'web_bill_view', 'web_plan_compare', 'web_faq'];

/** Visits of app and web: some people come weekly, some never. */
function visits(random: Random, period: Period): Interaction[] {
  const found: Interaction[] = [];
  const meanDays = 20 + random.exponential(70);
  const likesApp = random.unit();
  for (let day = random.exponential(meanDays); day < period.days; day += random.exponential(meanDays)) {
    const isApp = random.chance(likesApp);
    let at = daytime(random, period, Math.floor(day));
    found.push({ step: isApp ? 'app_login' : 'web_login', at });
    for (let steps = random.integer(1, 4); steps > 0; steps--) {
      at += 1_000 * random.integer(5, 240);
      found.push({ step: random.pick(isApp ? appSteps : webSteps), at });
    }
    if (random.chance(0.6))
      found.push({ step: isApp ? 'app_logout' : 'web_logout', at: at + 1_000 * random.integer(3, 90) });
  }
  return found;
}

/** How often, in 120 days, a customer has each of the rarer things; each with what may follow it. */
const rareSteps: readonly { readonly step: Step; readonly per120Days: number; readonly then: readonly Step[] }[] = [
  { step: 'activation', per120Days: 0.05, then: ['app_login'] },
  { step: 'address_change', per120Days: 0.04, then: [] },
  { step: 'promo_email', per120Days: 0.9, then: ['promo_click'] },
  { step: 'promo_sms', per120Days: 0.6, then: ['app_plan_view'] },
  { step: 'ivr_menu', per120Days: 0.45, then: ['call_center'] },
  { step: 'call_center', per120Days: 0.2, then: ['agent_transfer', 'callback_request'] },
  { step: 'complaint', per120Days: 0.04, then: ['callback_request'] },
  { step: 'store_visit', per120Days: 0.25, then: ['device_purchase'] },
  { step: 'data_limit_reached', per120Days: 0.3, then: ['addon_purchase', 'app_usage_view'] },
  { step: 'outage', per120Days: 0.12, then: ['outage_resolved'] },
  { step: 'tech_support_ticket', per120Days: 0.08, then: ['technician_visit'] },
  { step: 'bill_shock', per120Days: 0.06, then: ['app_bill_view', 'web_bill_view'] },
  { step: 'roaming_pack', per120Days: 0.1, then: [] },
  { step: 'addon_purchase', per120Days: 0.08, then: [] },
  { step: 'plan_upgrade', per120Days: 0.04, then: [] },
  { step: 'plan_downgrade', per120Days: 0.04, then: [] },
  { step: 'autopay_setup', per120Days: 0.05, then: [] },
];

function contacts(random: Random, period: Period): Interaction[] {
  const found: Interaction[] = [];
  for (const { step, per120Days, then } of rareSteps) {
    const meanDays = 120 / per120Days;
    for (let day = random.exponential(meanDays); day < period.days; day += random.exponential(meanDays)) {
      const at = daytime(random, period, Math.floor(day));
      found.push({ step, at });
      if (then.length > 0 && random.chance(0.5)) {
        found.push({ step: random.pick(then), at: wholeSeconds(at + MINUTE + random.exponential(6 * HOUR)) });
      }
    }
  }
  return found;
}

function endAtChurn(random: Random, planted: PlantedJourney | undefined, sorted: Interaction[]): Walk {
  const churnedAt = sorted.findIndex(({ step }) => step === 'churn');
  const stops = churnedAt >= 0 && random.chance(GONE_FOR_GOOD);
  const interactions = stops ? sorted.slice(0, churnedAt + 1) : sorted;
  const last = interactions[interactions.length - 1];
  if (stops && last !== undefined && random.chance(0.3)) {
    interactions.push({ step: 'winback_offer', at: wholeSeconds(last.at + 3 * DAY + random.exponential(5 * DAY)) });
  }
  return { interactions, planted, churned: churnedAt >= 0 };
}

/** Interactions by hour of the day: little at night, most in the evening. */
const HOURS: readonly number[] = [
  7, 8, 8, 9, 9, 10, 10, 11, 12, 12, 13, 14, 15, 16, 17, 17, 18, 18, 19, 19, 20, 20, 21, 22, 23, 1,
];

/** A time on a day of the period; what falls on a Sunday mostly waits until Monday. */
export function daytime(random: Random, period: Period, day: number): number {
  const midnight = period.start + day * DAY;
  const waits = new Date(midnight).getUTCDay() === 0 && random.chance(0.6) ? DAY : 0;
  return midnight + waits + random.pick(HOURS) * HOUR + 1_000 * random.integer(0, 3_600);
}

export function wholeSeconds(at: number): number {
  return Math.floor(at / 1_000) * 1_000;
}

import type { Random } from '../random';
import type { Step } from '../steps';
import { wholeSeconds } from '../walks';
import {
  countWithin,
  HOUR,
  moments,
  type Decision,
  type EngagementEvent,
  type Life,
  type OfferKind,
  type Story,
} from './story';

/** What makes a customer want an offer: any of these steps, within so many days before. */
const CAUSE_DAYS = 30;
const causes: Readonly<Record<OfferKind, readonly Step[]>> = {
  data: ['data_limit_reached', 'app_usage_view', 'addon_purchase'],
  device: ['store_visit', 'web_plan_compare', 'speed_test'],
  savings: ['bill_shock', 'late_payment', 'web_bill_view', 'plan_downgrade'],
};
const kinds = Object.keys(causes) as OfferKind[];

const MEAN_DAYS = 12;

/** The share of offers by cause that are accepted. */
export const offerChances = { none: 0.03, wanted: 0.5, 'has it': 0.01 } as const;

/** Offers in the app: which one is shown is a matter of chance alone, which one is accepted of what the customer did before. */
export function offersStory(random: Random, life: Life): Story {
  const events: EngagementEvent[] = [];
  const decisions: Decision[] = [];
  const has = new Set<OfferKind>();
  for (const at of moments(random, life, MEAN_DAYS)) {
    const kind = random.pick(kinds);
    events.push({ step: `offer_${kind}_shown`, at });
    const isWanted = countWithin(life.interactions, causes[kind], at, CAUSE_DAYS) > 0;
    const cause = has.has(kind) ? 'has it' : isWanted ? 'wanted' : 'none';
    const isAccepted = random.chance(offerChances[cause]);
    decisions.push({ story: 'offers', cause, at, outcome: isAccepted ? kind : 'none' });
    if (!isAccepted) continue;
    has.add(kind);
    events.push({ step: `offer_${kind}_accepted`, at: wholeSeconds(at + random.exponential(HOUR)) });
  }
  return { events, decisions };
}

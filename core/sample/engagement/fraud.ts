import type { Random } from '../random';
import { systemOf } from '../steps';
import { wholeSeconds } from '../walks';
import { DAY, HOUR, moments, type Decision, type EngagementEvent, type Life, type Story } from './story';

/** How an account is entered by whoever is not its owner; mostly the owners do it themselves. */
const doors = ['app_password_reset', 'app_address_change'] as const;

/** What happens to a customer's account, and how many days apart that is in the mean. */
const episodes = [
  { opensDoor: true, swapsSim: false, meanDays: 300 },
  { opensDoor: false, swapsSim: true, meanDays: 1_000 },
  { opensDoor: true, swapsSim: true, meanDays: 800 },
] as const;

/** The share of episodes by cause that turn out to be fraud. */
export const fraudRisks = {
  'door alone': 0.002,
  'swap alone': 0.01,
  'swap behind a door': 0.12,
  'swap behind a door of a new app': 0.75,
} as const;

/**
 * SIM cards are swapped in the app, mostly by their owners. One that is swapped soon after the password or the address was changed
 * is suspicious, and more so in the app of somebody who never used it. Victims find out days later.
 */
export function fraudStory(random: Random, life: Life): Story {
  const events: EngagementEvent[] = [];
  const decisions: Decision[] = [];
  for (const { opensDoor, swapsSim, meanDays } of episodes) {
    for (const begun of moments(random, life, meanDays)) {
      let at = begun;
      if (opensDoor) events.push({ step: random.pick(doors), at });
      if (opensDoor && swapsSim) at = wholeSeconds(at + HOUR + random.unit() * 2 * DAY);
      if (swapsSim) events.push({ step: 'app_sim_swap', at });
      const cause = causeOf(life, opensDoor, swapsSim, begun);
      const isFraud = random.chance(fraudRisks[cause]);
      decisions.push({ story: 'fraud', cause, at, outcome: isFraud ? 'fraud' : 'own' });
      if (isFraud) events.push({ step: 'fraud_report', at: wholeSeconds(at + (3 + random.unit() * 14) * DAY) });
    }
  }
  return { events, decisions };
}

function causeOf(life: Life, opensDoor: boolean, swapsSim: boolean, at: number): keyof typeof fraudRisks {
  if (!swapsSim) return 'door alone';
  if (!opensDoor) return 'swap alone';
  const usedApp = life.interactions.some((taken) => taken.at < at && systemOf(taken.step) === 'app');
  return usedApp ? 'swap behind a door' : 'swap behind a door of a new app';
}

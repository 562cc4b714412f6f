import { Random } from '../random';
import type { Recorded, SystemRow } from '../rows';
import type { Period } from '../walks';
import { fraudStory } from './fraud';
import { offersStory } from './offers';
import { DAY, type Decision, type EngagementEvent, type Life, type Story, type StoryName } from './story';
import { surveysStory } from './surveys';

/** What the app's owner asks and offers, and who abuses it: what the app exports of it, and the truth about it. */
export interface Engagement {
  readonly rows: readonly SystemRow[];
  /** By story, in the order of time. */
  readonly decisions: readonly Decision[];
}

/** The name of the export that these events have to themselves. */
const EXPORT = 'app-engagement';

/** Every story has its own stream of chance, so that none changes another, nor anything else in the world. */
const stories: Readonly<Record<StoryName, { stream: number; tell: (random: Random, life: Life) => Story }>> = {
  fraud: { stream: 0x10000000, tell: fraudStory },
  offers: { stream: 0x20000000, tell: offersStory },
  csat: { stream: 0x30000000, tell: surveysStory },
};

/** What comes, in a person's life as it was recorded, of fraud, offers and surveys: it changes nothing of that life. */
export function engagementOf(seed: number, { person, identities, walk }: Recorded, period: Period): Engagement {
  const end = period.start + period.days * DAY;
  const until = walk.interactions.find(({ step }) => step === 'churn')?.at ?? end;
  const life = { interactions: walk.interactions, period, until: Math.min(until, end) };
  const told = Object.values(stories).map(({ stream, tell }) => tell(new Random(seed, stream + person.number), life));
  const events = told.flatMap((story) => story.events).filter(({ at }) => at < life.until);
  events.sort((a, b) => a.at - b.at);
  const rows = events.map((event, index) => ({
    system: 'app' as const,
    part: EXPORT,
    at: event.at,
    row: rowOf(event, `e${person.number}-${index + 1}`, identities),
  }));
  return { rows, decisions: told.flatMap(({ decisions }) => decisions) };
}

function rowOf({ step, at, answers }: EngagementEvent, id: string, { device, customerNumber }: Recorded['identities']) {
  return { id, time_ms: at, device, customer_no: customerNumber, screen: step, ...answers };
}

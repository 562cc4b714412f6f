import { HubClient } from '../api/client';
import { readersKey } from './sign-in';
import type { JourneyCut } from '../../schemas/frequency';

/** The hub that the website is of. */
export const hub = new HubClient({ token: readersKey });

export interface HubFacts {
  readonly name: string;
  /** An IANA zone: times are told in it. */
  readonly timezone: string;
  readonly firstQuestion?: JourneyCut;
}

let asked: Promise<HubFacts> | undefined;

/** What the hub says of itself; it is asked once. */
export function hubFacts(): Promise<HubFacts> {
  asked ??= hub.ask<HubFacts>('/v1/hub').catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

import type { JourneyCut } from '../../schemas/frequency';
import type { KpiList } from '../../schemas/kpi-report';
import { HubClient } from '../api/client';

/**
 * Gives a short-lived token of the hub, or none where the hub asks for none.
 *
 * @param renew whether the last one was refused
 */
export type TokenSource = (renew: boolean) => Promise<string | undefined>;

export interface HubFacts {
  readonly name: string;
  /** An IANA zone: times are told in it. */
  readonly timezone: string;
  readonly firstQuestion?: JourneyCut;
}

/** A hub as widgets ask it: those with the same hub and token share one. */
export class Connection {
  readonly client: HubClient;
  private facts: Promise<HubFacts> | undefined;
  private list: Promise<KpiList> | undefined;
  private away = false;

  constructor(
    readonly base: string,
    token: TokenSource | undefined,
  ) {
    this.client = new HubClient({ base, ...(token !== undefined && { token }) });
    this.client.addEventListener('reachability', (event) => {
      this.away = !(event as CustomEvent<boolean>).detail;
    });
  }

  /** Whether the hub does not answer, and is asked again and again. */
  get isAway(): boolean {
    return this.away;
  }

  /** What the hub says of itself; it is asked once. */
  hubFacts(): Promise<HubFacts> {
    this.facts ??= this.client.ask<HubFacts>('/v1/hub').catch((error: unknown) => {
      this.facts = undefined;
      throw error;
    });
    return this.facts;
  }

  /** All KPIs; tiles that ask at the same time are told by one answer. */
  kpis(): Promise<KpiList> {
    this.list ??= this.client.ask<KpiList>('/v1/kpis').finally(() => (this.list = undefined));
    return this.list;
  }
}

const NO_TOKEN: TokenSource = () => Promise.resolve(undefined);
const connections = new Map<string, WeakMap<TokenSource, Connection>>();

/** @param hub the address of the hub, such as `https://hub.example` */
export function connectionTo(hub: string, token: TokenSource | undefined): Connection {
  const base = hub.replace(/\/+$/, '');
  const ofHub = connections.get(base) ?? new WeakMap<TokenSource, Connection>();
  connections.set(base, ofHub);
  const connection = ofHub.get(token ?? NO_TOKEN) ?? new Connection(base, token);
  ofHub.set(token ?? NO_TOKEN, connection);
  return connection;
}

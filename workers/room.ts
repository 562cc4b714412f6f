import type { OpenStream } from '../activities/streams';
import type { ChangeFeed } from '../ports/change-feed';
import type { Graph } from '../ports/graph';
import type { IdentityResolver } from '../ports/identity-resolver';
import type { JourneyDesk } from '../ports/journey-desk';
import type { KpiStore } from '../ports/kpi-store';
import type { Lake } from '../ports/lake';
import type { LandingZone } from '../ports/landing-zone';
import type { ModelDeployment } from '../ports/model-deployment';
import type { ModelRegistry } from '../ports/model-registry';
import type { ModelScorer } from '../ports/model-scorer';
import type { ModelWatch } from '../ports/model-watch';
import type { ModelTrainer } from '../ports/model-trainer';
import type { ObjectStore } from '../ports/object-store';
import type { ProfileDesk } from '../ports/profile-desk';
import type { TriggerStore } from '../ports/trigger-store';
import type { Webhooks } from '../ports/webhooks';

/** The ports that activities need, whichever engines are behind them. */
export interface Room {
  readonly lake: Lake;
  /** What KPIs are computed in: a database of their own, or the lake. */
  readonly kpiStore: KpiStore;
  readonly graph: Graph;
  readonly feed: ChangeFeed;
  readonly landingZone: LandingZone;
  /** The streams that sources come by. */
  readonly openStream: OpenStream;
  readonly desk: JourneyDesk;
  readonly resolver: IdentityResolver;
  readonly profiles: ProfileDesk;
  readonly trainer: ModelTrainer;
  readonly scorer: ModelScorer;
  readonly watch: ModelWatch;
  /** Where others look for models, too. */
  readonly registry?: ModelRegistry;
  /** What has deployed models answer; left out: the worker itself does. */
  readonly deployment?: ModelDeployment;
  readonly triggers: TriggerStore;
  readonly webhooks: Webhooks;
  close(): Promise<void>;
}

/** A lake with the objects that it is kept with. */
export interface OpenedLake {
  readonly lake: Lake;
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

export interface GremlinAddress {
  readonly url: string;
  /** Whether the server reads the same files as this process, as one started here does: allows the bulk path. */
  readonly sharesFiles: boolean;
}

import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LakeVersions } from '../../ports/lake';
import type { MilestoneSpec } from '../../schemas/milestone';
import type { StepWeights } from '../../schemas/similarity';
import type { PostedEvents } from '../events/posted-events';
import type { DashboardDesk } from '../dashboards';
import type { HubSettings } from '../../schemas/hub';
import type { Guard } from './access';

export interface ApiDependencies {
  readonly client: Client;
  readonly versions: LakeVersions;
  /** How much steps differ: answers about similar journeys depend on it. */
  readonly weights: StepWeights;
  readonly settings: Pick<HubSettings, 'name' | 'timezone' | 'firstQuestion'>;
  /** Milestones as declared, for trying them. */
  readonly milestones?: readonly MilestoneSpec[];
  /** Where the Temporal UI is; empty where the hub knows none. */
  readonly temporalUiUrl?: string;
  /** The names of the models in models/. */
  readonly models: readonly string[];
  /** Names the KPIs as kpis/*.sql has them: others have other answers. */
  readonly kpiRevision?: string;
  /** Origins of other systems' pages that may ask, and show dashboards. */
  readonly origins?: readonly string[];
  /** Left out where nothing is posted. */
  readonly events?: PostedEvents;
  /** Left out where there are no dashboards. */
  readonly dashboards?: DashboardDesk;
  /** Left out where everybody may do everything. */
  readonly guard?: Guard;
  /** The website's static files; absolute. */
  readonly siteFolder: string;
  readonly logLevel?: string;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What a capability needs to register its routes. */
export interface HubApi extends ApiDependencies {
  readonly app: App;
}

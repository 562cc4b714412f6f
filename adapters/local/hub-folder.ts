import { join, resolve } from 'node:path';
import { messageOf } from '../../core/errors';
import { countryOf } from '../../core/identity/phones/country-of';
import { Nicknames } from '../../core/identity/records/nicknames';
import { kindOf } from '../../core/features/targets';
import { metricOf } from '../../core/propensity/gate';
import { didYouMean } from '../../core/text/closest-name';
import { propensitySpec, type PropensitySpec } from '../../schemas/propensity';
import { hubSchema, type HubSettings } from '../../schemas/hub';
import { identitySchema, type IdentitySettings } from '../../schemas/identity';
import type { DeclaredKpis } from '../../schemas/kpi';
import type { DeclaredMilestones } from '../../core/milestones/milestone';
import { readKpis } from './kpis/kpi-files';
import { readMilestones } from './milestones/milestone-files';
import { stepWeights, type StepWeights } from '../../schemas/similarity';
import type { Dashboard } from '../../schemas/dashboard';
import { sourceSchema, type Source } from '../../schemas/source';
import { ConfigReader } from './config-reader';
import { readDashboards } from './dashboards/read-dashboards';
import { deployedOn } from './deployment';

/** A hub as its folder describes it. */
export interface Hub {
  readonly folder: string;
  readonly settings: HubSettings;
  readonly sources: readonly Source[];
  readonly identity: IdentitySettings;
  /** Those that have errors are left out, and their errors told: the others go on. */
  readonly kpis: DeclaredKpis;
  /** What is shown together. */
  readonly dashboards: readonly Dashboard[];
  /** Those that have errors are left out, and their errors told: the others go on. */
  readonly milestones: DeclaredMilestones;
  /** What is likely to happen to customers, as models to learn. */
  readonly models: readonly PropensitySpec[];
  /** How much steps differ where a question about similar journeys does not say. */
  readonly similarity: StepWeights;
  /** Where the hub keeps its data; absolute. */
  readonly dataFolder: string;
  /** Where the sources' files arrive; absolute. */
  readonly landingFolder: string;
}

/**
 * Reads and checks a hub folder.
 *
 * @param environment `HUB_DATA` overrides where the data is kept; `HUB_ROOM` and `HUB_ENGINES` say which engines are the hub's, in
 *   place of hub.yaml: one folder for all the places that it is deployed to
 * @throws HubError CONFIG_INVALID listing every problem of every file, each with file, field, expected and found
 */
export async function loadHub(folder: string, environment: NodeJS.ProcessEnv = process.env): Promise<Hub> {
  const absolute = resolve(folder);
  const reader = new ConfigReader(absolute);
  const settings = await reader.yaml('hub.yaml', hubSchema, deployedOn(environment, reader));
  const identity = await reader.yaml('identity.yaml', identitySchema);
  const sources = await reader.all('sources', '.yaml', (file) => reader.named(file, sourceSchema));
  const similarity = reader.has('similarity.yaml')
    ? await reader.yaml('similarity.yaml', stepWeights)
    : stepWeights.parse({});
  refuseUnknownSources(reader, identity, sources);
  if (settings !== undefined) refuseUnreachableStreams(reader, settings, sources);
  refuseSharedEvents(reader, sources);
  refuseUnknownProfiles(reader, sources);
  if (identity !== undefined) {
    const report = (error: unknown) => reader.problem('identity.yaml', '', messageOf(error));
    checkCountry(reader, identity, report);
    checkNicknames(identity, report);
  }
  const models = await reader.all('models', '.yaml', (file) => reader.named(file, propensitySpec));
  checkGates(reader, models);
  if (settings !== undefined) refuseUnlearnable(reader, settings, models);
  const kpis = await readKpis(absolute);
  const dashboards = await readDashboards(reader, kpis);
  if (sources.length === 0 && reader.problems.length === 0)
    reader.problem('sources/', '', 'expected at least one source');
  if (settings === undefined || identity === undefined || similarity === undefined || reader.problems.length > 0)
    throw reader.failure(`the hub folder ${absolute}`);
  const dataFolder = resolve(absolute, environment['HUB_DATA'] ?? settings.data);
  return {
    folder: absolute,
    settings,
    identity,
    sources: sources.map(([, source]) => source),
    kpis,
    dashboards,
    models: models.map(([, model]) => model),
    milestones: await readMilestones(
      absolute,
      sources.map(([, source]) => source),
      Object.keys(settings.webhooks),
    ),
    similarity,
    dataFolder,
    landingFolder: settings.landing === undefined ? join(dataFolder, 'landing') : resolve(absolute, settings.landing),
  };
}

/** Whose plan phone numbers follow is one country, that there is. */
function checkCountry(reader: ConfigReader, identity: IdentitySettings, report: (error: unknown) => void): void {
  const { country, defaultCallingCode } = identity;
  try {
    const own = countryOf(identity);
    if (defaultCallingCode === undefined) return;
    const message = `set country: ${own} in its place`;
    if (country === undefined) process.emitWarning(`identity.yaml: defaultCallingCode is deprecated; ${message}`);
    else reader.problem('identity.yaml', 'defaultCallingCode', 'expected nothing beside country; leave it out');
  } catch (error) {
    report(error);
  }
}

function checkNicknames({ probabilistic }: IdentitySettings, report: (error: unknown) => void): void {
  try {
    new Nicknames(probabilistic.nicknames);
  } catch (error) {
    report(error);
  }
}

/** Models are judged by what can be measured of their targets. */
function checkGates(reader: ConfigReader, models: readonly (readonly [file: string, model: PropensitySpec])[]): void {
  for (const [file, model] of models) {
    try {
      metricOf(model, kindOf(model.target));
    } catch (error) {
      reader.problem(file, 'gate.metric', messageOf(error).replace('gate.metric: ', ''));
    }
  }
}

/** Who learns a model is there. */
function refuseUnlearnable(
  reader: ConfigReader,
  { room, engines }: HubSettings,
  models: readonly (readonly [file: string, model: PropensitySpec])[],
): void {
  if (room === 'aws' && engines.aws?.neptuneMl !== undefined) return;
  for (const [file, { learner }] of models) {
    if (learner !== 'graph') continue;
    const message = 'expected trees, or the room aws with engines.aws.neptuneMl in hub.yaml, where "graph" is learned';
    reader.problem(file, 'learner', message);
  }
}

/** A stream is somewhere that hub.yaml tells. */
function refuseUnreachableStreams(
  reader: ConfigReader,
  { engines }: HubSettings,
  sources: readonly (readonly [file: string, source: Source])[],
): void {
  const isKinesisKnown = engines.kinesis !== undefined || engines.aws !== undefined;
  const missing = [
    ['kinesis', isKinesisKnown, 'expected engines.kinesis in hub.yaml, with the region that the stream is in'],
    ['kafka', engines.kafka !== undefined, 'expected engines.kafka in hub.yaml, with the brokers that have the topic'],
  ] as const;
  for (const [file, { stream }] of sources) {
    for (const [engine, isKnown, message] of missing) {
      if (stream !== undefined && engine in stream && !isKnown) reader.problem(file, `stream.${engine}`, message);
    }
  }
}

/** Whoever knows the people of a source's events is a source that tells of people. */
function refuseUnknownProfiles(
  reader: ConfigReader,
  sources: readonly (readonly [file: string, source: Source])[],
): void {
  const names = sources.filter(([, { profiles }]) => profiles !== undefined).map(([, { name }]) => name);
  for (const [file, { name, events }] of sources) {
    const known = events?.profile_source;
    if (known === undefined || known === name || names.includes(known)) continue;
    const message = `there is no source "${known}" with profiles${didYouMean(known, names)}; there are ${names.join(', ')}`;
    reader.problem(file, 'events.profile_source', message);
  }
}

/** What is posted is of one source. */
function refuseSharedEvents(reader: ConfigReader, sources: readonly (readonly [file: string, source: Source])[]): void {
  const owners = new Map<string, string>();
  for (const [file, { name, stream }] of sources) {
    if (stream === undefined || !('cloudevents' in stream)) continue;
    stream.cloudevents.forEach((pattern, index) => {
      const owner = owners.get(pattern);
      if (owner === undefined) owners.set(pattern, name);
      else reader.problem(file, `stream.cloudevents.${index}`, `"${pattern}" is of the source "${owner}" already`);
    });
  }
}

/** Settings of identity that name sources name some that there are. */
function refuseUnknownSources(
  reader: ConfigReader,
  identity: IdentitySettings | undefined,
  sources: readonly (readonly [file: string, source: Source])[],
): void {
  if (identity === undefined) return;
  const names = sources.map(([, { name }]) => name);
  const check = (field: string, named: readonly string[]) =>
    named.forEach((name, index) => {
      if (names.includes(name)) return;
      const message = `there is no source "${name}"${didYouMean(name, names)}; there are ${names.join(', ')}`;
      reader.problem('identity.yaml', `${field}.${index}`, message);
    });
  check('probabilistic.uniquePerSource', identity.probabilistic.uniquePerSource);
  for (const [field, rule] of Object.entries(identity.survivorship)) {
    if (typeof rule === 'object') check(`survivorship.${field}.source-priority`, rule['source-priority']);
  }
}

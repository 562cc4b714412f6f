import { createHash } from 'node:crypto';
import { identityFields } from '../../../core/identity/records/fields';
import { RESERVED_PROPERTIES, checkMilestones, type KnownNames } from '../../../core/milestones/check-milestones';
import type { DeclaredMilestones } from '../../../core/milestones/milestone';
import { milestoneSpec, type MilestoneSpec } from '../../../schemas/milestone';
import type { Source } from '../../../schemas/source';
import { ConfigReader } from '../config-reader';

/** Reads `milestones/*.yaml` of a hub folder. One file's errors leave the others alone. */
export async function readMilestones(
  folder: string,
  sources: readonly Source[],
  webhooks: readonly string[] = [],
): Promise<DeclaredMilestones> {
  const reader = new ConfigReader(folder);
  const files = await reader.all('milestones', '.yaml', async (file) => {
    const spec = await reader.yaml(file, milestoneSpec);
    if (spec === undefined || file === `milestones/${spec.name}.yaml`) return spec;
    reader.problem(file, 'name', `expected the file's name, found "${spec.name}"`);
    return undefined;
  });
  const { milestones, problems } = checkMilestones(
    files.map(([, spec]) => spec),
    { ...attributesOf(sources), webhooks: new Set(webhooks) },
  );
  for (const [name, own] of problems) {
    for (const { field, message } of own) reader.problem(`milestones/${name}.yaml`, field, message);
  }
  const good = new Set(milestones.map(({ name }) => name));
  return {
    milestones: milestones.map((spec) => ({ spec, version: versionOf(spec) })),
    broken: (await reader.names('milestones', '.yaml')).filter((name) => !good.has(name)),
    problems: reader.problems,
  };
}

function attributesOf(sources: readonly Source[]): Omit<KnownNames, 'webhooks'> {
  const names = (of: 'events' | 'profiles', kept: readonly string[]) => {
    const told = sources.flatMap((source) => Object.keys(source[of]?.attributes ?? {}));
    // In the graph the hub's own properties of the same name go before.
    return new Set(told.filter((name) => !kept.includes(name)));
  };
  return {
    events: names('events', RESERVED_PROPERTIES),
    profiles: names('profiles', ['source', 'first_seen', ...identityFields]),
  };
}

/** Equal for equal specs, however they are written, whatever they are computed from, and whoever is told. */
function versionOf(spec: MilestoneSpec): string {
  const meaning = { ...spec, from: undefined, notify: undefined };
  return createHash('sha256').update(JSON.stringify(meaning)).digest('hex').slice(0, 12);
}

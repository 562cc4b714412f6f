import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createIdentityActivities, type ResolveIdentitiesResult } from '../activities/identity';
import { DuckDb } from '../adapters/local/duckdb';
import { ThreadedResolver } from '../adapters/local/identity/threaded-resolver';
import { LocalLake } from '../adapters/local/lake/local-lake';
import { lakeTables } from '../core/lake/tables';
import { literal } from '../core/sql/quote';
import { identitySchema } from '../schemas/identity';
import { median, print, runNode } from './measure';
import { cacheFolder, peerPeople, peerPython, peersFolder } from './peers';

const NAME = 'identity-night';
const PROFILES = 1_000_000;
/** New profiles of a night. */
const ARRIVING = 1_000;
const NIGHTS = 4;

const identity = identitySchema.parse({
  rules: [
    { name: 'email', match: ['email'], confidence: 0.98, maxProfiles: 20 },
    { name: 'phone-and-name', match: ['phone', 'given_name', 'family_name'], confidence: 0.97, maxProfiles: 20 },
  ],
});

/** What the columns of the lake are among the generated ones; the others are null. */
const GENERATED: Readonly<Record<string, string>> = {
  profile_id: "source || ':' || record_id",
  source: 'source',
  external_id: 'record_id::VARCHAR',
  given_name: 'first_name',
  family_name: 'last_name',
  birth_date: 'try_cast(dob AS DATE)',
  email: 'email',
  phone: 'phone',
  street: 'street',
  postcode: 'postcode',
  city: 'city',
  seen_at: "TIMESTAMP '2026-01-01' + to_seconds(record_id)",
  file_row: 'record_id',
};

interface Night {
  readonly seconds: number;
  readonly result: ResolveIdentitiesResult;
}

/** The night's resolution over a lake of a million profiles: the first, which learns, and those that a thousand more come in. */
export async function identityNightBench(): Promise<void> {
  if (!existsSync(join(peersFolder, 'gen_identity.py'))) {
    print({ bench: NAME, skipped: `no gen_identity.py in ${peersFolder}; set HUB_SHARED to the folder above peers` });
    return;
  }
  const cached = join(cacheFolder, `identity-${PROFILES}.parquet`);
  const file = existsSync(cached) ? cached : await peerPeople(await peerPython(), PROFILES);
  const run = await runNode([join(__dirname, 'identity-night.js'), file]);
  const [first, ...others] = JSON.parse(run.stdout) as Night[];
  print({
    bench: NAME,
    profiles: PROFILES,
    first_s: first!.seconds,
    arriving: ARRIVING,
    incremental_s: median(others.map(({ seconds }) => seconds)),
    looked_at: median(others.map(({ result }) => result.lookedAt)),
    ran: others.map(({ result }) => result.ran).join(),
    peak_rss_mb: run.peakRssMb,
  });
}

async function main([file]: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-night-'));
  const tempFolder = join(folder, 'tmp');
  const duckDb = await DuckDb.start({ memoryMb: 2_000, threads: 2, tempFolder });
  const [lakeFolder, identityFolder] = [join(folder, 'lake'), join(folder, 'identity')];
  const lake = new LocalLake(lakeFolder, duckDb);
  const resolver = new ThreadedResolver({ lakeFolder, tempFolder, settings: identity, identityFolder });
  const { resolveIdentities } = createIdentityActivities({ lake, identity, resolver, settings: { timezone: 'UTC' } });
  const columns = Object.keys(lakeTables.profiles);
  const nights: Night[] = [];
  for (let night = 0; night < NIGHTS; night++) {
    const given: Readonly<Record<string, string>> = { ...GENERATED, batch: literal(`night-${night}`) };
    const last = PROFILES - (NIGHTS - night) * ARRIVING;
    const which =
      night === 0 ? `record_id < ${last + ARRIVING}` : `record_id >= ${last} AND record_id < ${last + ARRIVING}`;
    const select = `SELECT ${columns.map((name) => `${given[name] ?? 'NULL'} AS ${name}`).join(', ')}
FROM read_parquet(${literal(file!)}) WHERE ${which}`;
    await lake.commit({ key: `night ${night}`, writes: [{ table: 'profiles', mode: 'append', select }] });
    const start = performance.now();
    const plan = { businessDate: `2026-01-${String(night + 1).padStart(2, '0')}` };
    const result = (await new MockActivityEnvironment().run(resolveIdentities, plan)) as ResolveIdentitiesResult;
    nights.push({ seconds: (performance.now() - start) / 1000, result });
  }
  process.stdout.write(JSON.stringify(nights));
  await lake.close();
  await rm(folder, { recursive: true, force: true });
}

if (require.main === module) void main(process.argv.slice(2)).then(() => process.exit());

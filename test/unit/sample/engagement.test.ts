import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadHub } from '../../../adapters/local/hub-folder';
import { FileStaging } from '../../../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../../../adapters/local/ingest/folder-landing-zone';
import { engagementOf } from '../../../core/sample/engagement/engagement';
import { fraudRisks } from '../../../core/sample/engagement/fraud';
import { offerChances } from '../../../core/sample/engagement/offers';
import type { StoryName } from '../../../core/sample/engagement/story';
import { grievances } from '../../../core/sample/engagement/surveys';
import { literal } from '../../../core/sql/quote';
import { engagedPeople } from './engaged-people';
import { filesTruth, fingerprints, SampleWorlds, truthOf } from './sample-world';

const isEngagement = ([path]: [string, unknown]) => path.includes('engagement');
const [SEED, PERIOD] = [7, { start: Date.parse('2026-03-01T00:00:00Z'), days: 120 }];
const people = engagedPeople(SEED, PERIOD, 3_000);
const decisions = people.flatMap(({ engagement }) => engagement.decisions);

/** By cause, what came of it. */
function outcomes(story: StoryName): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { cause, outcome } of decisions.filter((decision) => decision.story === story)) {
    const own = found.get(cause);
    if (own === undefined) found.set(cause, [outcome]);
    else own.push(outcome);
  }
  return found;
}

/** How many deviations a share is from the planted one. */
function distance(results: readonly string[], isHit: (outcome: string) => boolean, planted: number): number {
  const expected = results.length * planted;
  return Math.abs(results.filter(isHit).length - expected) / Math.sqrt(expected * (1 - planted));
}

describe('planted causes', () => {
  it.each(Object.entries(fraudRisks))('of fraud: %s is fraud in a share of %d', (cause, share) => {
    expect(distance(outcomes('fraud').get(cause)!, (outcome) => outcome === 'fraud', share)).toBeLessThan(4);
  });

  it('of fraud: a SIM swap soon after a reset in an app that is new outdoes all others', () => {
    const { 'swap behind a door of a new app': worst, ...others } = fraudRisks;
    expect(worst).toBeGreaterThan(5 * Math.max(...Object.values(others)));
  });

  it.each(Object.entries(offerChances))('of offers: %s is accepted in a share of %d', (cause, share) => {
    expect(distance(outcomes('offers').get(cause)!, (outcome) => outcome !== 'none', share)).toBeLessThan(4);
  });

  it('of offers: all three kinds are accepted, and what is wanted more than what is not', () => {
    const accepted = outcomes('offers').get('wanted')!;
    expect([...new Set(accepted)].sort()).toEqual(['data', 'device', 'none', 'savings']);
    expect(offerChances.wanted).toBeGreaterThan(10 * offerChances.none);
  });

  it('of scores: each grievance alone lowers them', () => {
    const mean = (cause: string) => {
      const scores = outcomes('csat').get(cause)!.map(Number);
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    };
    for (const { cause, costs } of grievances) {
      // Who is content has the best score cut off at 5, who is not has it rounded: half of a grievance's cost shows at least.
      expect([cause, mean('none') - mean(cause) > costs / 2]).toEqual([cause, true]);
    }
    expect(new Set(outcomes('csat').get('none'))).toEqual(new Set(['3', '4', '5']));
  });
});

describe('what comes of engagement', () => {
  it('is within the period, in the order of time, and not after the churn', () => {
    const end = PERIOD.start + PERIOD.days * 86_400_000;
    for (const { recorded, engagement } of people) {
      const times = engagement.rows.map(({ at }) => at);
      const left = recorded.walk.interactions.find(({ step }) => step === 'churn')?.at ?? end;
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.every((at) => at >= PERIOD.start && at < Math.min(left, end) && at % 1_000 === 0)).toBe(true);
    }
  });

  it('has a report of fraud for nothing but fraud, some days after it', () => {
    const DAYS = 86_400_000;
    for (const { engagement } of people) {
      const frauds = engagement.decisions.filter(({ outcome }) => outcome === 'fraud');
      const reports = engagement.rows.filter(({ row }) => row['screen'] === 'fraud_report');
      for (const { at } of reports) {
        expect(frauds.some((fraud) => at - fraud.at >= 3 * DAYS - 1_000 && at - fraud.at <= 17 * DAYS)).toBe(true);
      }
    }
  });

  it('is of nothing but the seed and the person', () => {
    const [{ recorded, engagement }] = people as [(typeof people)[number]];
    expect(engagementOf(SEED, recorded, PERIOD)).toEqual(engagement);
    expect(engagementOf(SEED + 1, recorded, PERIOD)).not.toEqual(engagement);
  });
});

describe('a sample world with engagement', () => {
  let worlds: SampleWorlds;
  beforeEach(async () => {
    worlds = await SampleWorlds.open();
  });
  afterEach(() => worlds.close());

  it('is otherwise the world without', async () => {
    const [plain, engaged] = [await worlds.write('plain'), await worlds.write('engaged', { engagement: true })];
    const others = [...(await worlds.exportsOf(engaged))].filter((file) => !isEngagement(file));
    expect(new Map(others)).toEqual(await worlds.exportsOf(plain));
    for (const table of ['people', 'journeys'] as const) {
      expect(await truthOf(engaged, table)).toEqual(await truthOf(plain, table));
    }
    const counts = Object.entries(await filesTruth(engaged)).filter((file) => !isEngagement(file));
    expect(Object.fromEntries(counts)).toEqual(await filesTruth(plain));
  });

  it('is the same to the byte for the same seed, and has exports of its own, every month', async () => {
    const [first, second] = [
      await worlds.write('first', { engagement: true }),
      await worlds.write('second', { engagement: true }),
    ];
    const prints = await fingerprints(first.outFolder, first.truthFolder);
    expect(prints).toEqual(await fingerprints(second.outFolder, second.truthFolder));
    expect(Object.keys(prints).filter((name) => name.includes('engagement'))).toEqual([
      'app-engagement-2026-03-31.ndjson',
      'app-engagement-2026-04-29.ndjson',
      'engagement.csv',
    ]);
  });

  it('has in its truth what was decided, and by which cause', async () => {
    const world = await worlds.write('world', { customers: 300, engagement: true });
    const period = { start: Date.parse(`${world.start}T00:00:00Z`), days: world.days };
    const known = engagedPeople(world.seed, period, world.customers).flatMap(({ recorded, engagement }) =>
      engagement.decisions.map(({ story, cause, at, outcome }) =>
        [recorded.person.number, story, cause, at, outcome].join(),
      ),
    );
    const text = await readFile(join(world.truthFolder, 'engagement.csv'), 'utf8');
    expect(text.trimEnd().split('\n')).toEqual(['person,story,cause,at,outcome', ...known]);
  });

  it('is read by the sources that ship: scores are of surveys alone', async () => {
    const world = await worlds.write('world', { engagement: true });
    const { sources } = await loadHub(join(__dirname, '../../../config'), {});
    const app = sources.find(({ name }) => name === 'app')!;
    const landingZone = new FolderLandingZone(
      world.outFolder,
      new FileStaging(join(worlds.folder, 'staging'), worlds.duckDb),
    );
    const files = await landingZone.list(app, '2026-12-31');
    const own = files.filter(({ path }) => path.includes('engagement'));
    expect([files.length, own.length]).toEqual([4, 2]);
    const staged = await Promise.all(own.map((file) => landingZone.stage(app, file)));
    expect(staged.map(({ badRows }) => badRows)).toEqual([0, 0]);
    const paths = staged.map(({ staged: { events } }) => literal(events)).join();
    const found = await worlds.duckDb.session(undefined, (session) =>
      session.rows<{ type: string; scores: string[] }>(
        `SELECT type, list(DISTINCT attributes->>'score' ORDER BY attributes->>'score') AS scores
FROM read_parquet([${paths}]) WHERE attributes->>'score' IS NOT NULL GROUP BY type`,
      ),
    );
    expect(found).toEqual([{ type: 'csat_survey', scores: ['1', '2', '3', '4', '5'] }]);
  });
});

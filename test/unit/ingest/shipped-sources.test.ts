import { MockActivityEnvironment } from '@temporalio/testing';
import { join } from 'node:path';
import { createIngestActivities } from '../../../activities/ingest';
import type { LandSourceResult } from '../../../activities/landed-files';
import { loadHub } from '../../../adapters/local/hub-folder';
import { FileStaging } from '../../../adapters/local/ingest/file-staging';
import { FolderLandingZone } from '../../../adapters/local/ingest/folder-landing-zone';
import type { SampleWorld } from '../../../adapters/local/sample/write-sample-world';
import { localTimeWriter } from '../../../core/sample/local-time';
import { peopleOfHousehold } from '../../../core/sample/people';
import { recordPerson } from '../../../core/sample/rows';
import { plantedJourneys } from '../../../core/sample/steps';
import { literal } from '../../../core/sql/quote';
import type { StagedFile } from '../../../ports/landing-zone';
import type { Source } from '../../../schemas/source';
import { openTestRoom } from '../../support/local-room';
import { filesTruth, SampleWorlds, truthOf, type FileTruth } from '../sample/sample-world';

/** The last business date: the sources' files are dated within March and April. */
const LATEST = '2026-12-31';
const CUSTOMERS = 1_500;

let worlds: SampleWorlds;
let world: SampleWorld;
let truth: Record<string, FileTruth>;
let sources: readonly Source[];
let staged: readonly StagedFile[];
/** What each person did as the sources' mappings tell it, in the order of time: "<epoch ms> <type>". */
let histories: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  worlds = await SampleWorlds.open();
  world = await worlds.write('world', { customers: CUSTOMERS });
  truth = await filesTruth(world);
  ({ sources } = await loadHub(join(__dirname, '../../../config'), {}));
  const landingZone = new FolderLandingZone(
    world.outFolder,
    new FileStaging(join(worlds.folder, 'staging'), worlds.duckDb),
  );
  const files: StagedFile[] = [];
  for (const source of sources) {
    for (const file of await landingZone.list(source, LATEST)) files.push(await landingZone.stage(source, file));
  }
  staged = files;
  histories = await historiesOf(files);
});
afterAll(() => worlds.close());

async function historiesOf(files: readonly StagedFile[]): Promise<Map<string, string[]>> {
  const paths = files.map((file) => literal(file.staged.events)).join(', ');
  const rows = await worlds.duckDb.session(undefined, (session) =>
    session.rows<{ person: string | null; interactions: string[] }>(`WITH event AS (
  SELECT DISTINCT source, event_id, profile_id, type, epoch_ms(occurred_at) AS instant FROM read_parquet([${paths}])
), known AS (
  SELECT system || ':' || id AS profile_id, person
  FROM read_csv(${literal(join(world.truthFolder, 'people.csv'))}, all_varchar = true)
)
SELECT person, list(instant || ' ' || type ORDER BY instant, type) AS interactions
FROM event LEFT JOIN known USING (profile_id) GROUP BY person`),
  );
  return new Map(rows.map(({ person, interactions }) => [String(person), interactions]));
}

describe('the sources that ship, reading a sample world', () => {
  it('find every file, and have for bad just the rows that are', () => {
    const counts = staged.map(({ path, readRows, badRows }) => [path, { rows: readRows, bad: badRows }]);
    expect(counts).toHaveLength(Object.keys(truth).length);
    expect(truth).toMatchObject(Object.fromEntries(counts) as object);
    expect(staged.some(({ badRows }) => badRows > 0)).toBe(true);
  });

  it('have for the reason of a bad row what the damage was', () => {
    const reasons = new Set(staged.flatMap((file) => file.reasons.map(({ reason }) => reason)));
    expect([...reasons].sort()).toEqual(['profile: missing; profile id: missing', 'time: missing; seen_at: missing']);
  });

  it('know whom every event is of, what it was, and when', () => {
    expect(histories).toEqual(actualHistories());
  });

  it('land every good row of a source once', async () => {
    const room = await openTestRoom({ landingFolder: world.outFolder });
    try {
      const environment = new MockActivityEnvironment();
      const activities = createIngestActivities({ lake: room.lake, landingZone: room.landingZone, sources });
      const where = { source: 'call-centre', businessDate: LATEST };
      const files = await room.landingZone.list(
        sources.find(({ name }) => name === where.source)!,
        LATEST,
      );
      const stageFile = (file: (typeof files)[number]) =>
        environment.run(activities.stageFile, { source: where.source, file }) as Promise<StagedFile>;
      const input = { ...where, files: await Promise.all(files.map(stageFile)) };
      const outcome: LandSourceResult = await environment.run(activities.landSource, input);
      expect(outcome.files).toEqual(
        files.map(({ path }) => {
          const { rows, bad, duplicates } = truth[path]!;
          return { path, read: rows, landed: rows - bad - duplicates, duplicates, quarantined: bad };
        }),
      );
      expect(outcome.files.some(({ duplicates }) => duplicates > 0)).toBe(true);
    } finally {
      await room.close();
    }
  });
});

/** The same, from the people themselves instead of their exports. */
function actualHistories(): Map<string, string[]> {
  const period = { start: Date.parse(`${world.start}T00:00:00Z`), days: world.days };
  const localTime = localTimeWriter('Europe/Berlin');
  const found = new Map<string, string[]>();
  for (let household = 0; found.size < CUSTOMERS; household++) {
    for (const person of peopleOfHousehold(world.seed, household).slice(0, CUSTOMERS - found.size)) {
      const { walk } = recordPerson(world.seed, person, period, localTime);
      const all = [{ step: 'customer_record', at: period.start }, ...walk.interactions];
      all.sort((a, b) => a.at - b.at || (a.step < b.step ? -1 : 1));
      found.set(
        String(person.number),
        all.map(({ step, at }) => `${at} ${step}`),
      );
    }
  }
  return found;
}

describe('the planted journeys', () => {
  const stepsOf = (person: string) => histories.get(person)!.map((interaction) => interaction.split(' ')[1]!);
  let planted: { person: string; steps: readonly string[]; churned: boolean }[];
  beforeAll(async () => {
    planted = (await truthOf(world, 'journeys')).flatMap(([person, name, churned]) => {
      const journey = plantedJourneys.find((candidate) => candidate.name === name);
      return journey === undefined ? [] : [{ person: person!, steps: journey.steps, churned: churned === 'true' }];
    });
  });

  it('are in the exports, each step after the other', () => {
    for (const { person, steps } of planted) {
      const found = stepsOf(person);
      const isInOrder = steps.reduce((from, step) => found.indexOf(step, from) + 1 || Infinity, 0) <= found.length;
      expect([person, isInOrder]).toEqual([person, true]);
    }
  });

  it('are mostly walked with nothing in between', () => {
    const undisturbed = planted.filter(({ person, steps }) =>
      `,${stepsOf(person).join()},`.includes(`,${steps.join()},`),
    );
    expect(undisturbed.length / planted.length).toBeGreaterThan(0.85);
  });

  it('that end in churn are of people who left, and few others leave', () => {
    const leaving = planted.filter(({ steps }) => steps.at(-1) === 'churn');
    expect(leaving.length).toBeGreaterThan(0);
    expect(leaving.every(({ churned }) => churned)).toBe(true);
    const churners = [...histories.keys()].filter((person) => stepsOf(person).includes('churn'));
    expect(churners.length).toBeLessThan(leaving.length * 1.2);
  });
});

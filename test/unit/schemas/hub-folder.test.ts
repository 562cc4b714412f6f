import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { loadHub } from '../../../adapters/local/hub-folder';
import { HubError } from '../../../core/errors';

const SOURCE = `name: shop
title: Shop
files: '*.csv'
format: csv
events: { type: what, channel: { value: store }, time: { column: at, zone: UTC }, profile: who }
`;
const MODEL = `name: churn
title: Churn
description: Leaves.
target: { within: 14d, events: [churn] }
`;
const whole: Readonly<Record<string, string>> = {
  'hub.yaml': 'name: Test\ntimezone: Europe/Berlin\n',
  'identity.yaml': 'rules: [{ name: same-email, match: [email] }]\n',
  'sources/shop.yaml': SOURCE,
  'kpis/visits.sql': '---\ntitle: Visits\nunit: visits\n---\nSELECT count(*) AS value FROM events\n',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-hub-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Loads the whole hub with some files changed, or taken away by `undefined`. */
async function load(changes: Readonly<Record<string, string | undefined>> = {}) {
  for (const [file, text] of Object.entries({ ...whole, ...changes })) {
    if (text === undefined) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return loadHub(folder, {});
}

/** What is wrong with the hub so changed, a line each. */
async function problems(changes: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const error: unknown = await load(changes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HubError);
  const [first, ...lines] = (error as HubError).message.split('\n  ');
  expect([(error as HubError).code, first]).toEqual(['CONFIG_INVALID', `the hub folder ${folder} has errors:`]);
  return lines;
}

describe('a valid hub', () => {
  it('has the defaults of what was left out, and folders that are absolute', async () => {
    const hub = await load();
    expect(hub).toMatchObject({
      settings: { api: { port: 8080 }, nightly: { cron: '0 2 * * *', paused: false } },
      sources: [{ name: 'shop', maxBadShare: 0.05, csv: { delimiter: ',' } }],
      kpis: {
        kpis: [{ id: 'visits', title: 'Visits', unit: 'visits', sql: 'SELECT count(*) AS value FROM events' }],
        problems: [],
      },
      dataFolder: join(folder, '.hub'),
      landingFolder: join(folder, '.hub', 'landing'),
    });
  });

  it('is on the engines that HUB_ROOM and HUB_ENGINES say, beside those of hub.yaml', async () => {
    await load({ 'hub.yaml': 'name: Test\ntimezone: UTC\nengines: { temporal: { namespace: shop } }\n' });
    const aws = { region: 'eu-central-1', lake: { bucket: 'lake' }, neptune: { url: 'https://cluster:8182' } };
    const { settings } = await loadHub(folder, { HUB_ROOM: 'aws', HUB_ENGINES: JSON.stringify({ aws }) });
    expect(settings).toMatchObject({ room: 'aws', engines: { aws, temporal: { namespace: 'shop' } } });
  });

  it('is where HUB_URL says, and shown by pages of HUB_ORIGINS', async () => {
    await load({ 'hub.yaml': 'name: Test\ntimezone: UTC\napi: { port: 9, origins: [https://old.example] }\n' });
    const given = { HUB_URL: 'https://hub.example', HUB_ORIGINS: 'https://desk.example https://shop.example' };
    expect((await loadHub(folder, given)).settings.api).toMatchObject({
      ...{ port: 9, url: 'https://hub.example' },
      origins: ['https://desk.example', 'https://shop.example'],
    });
    await expect(loadHub(folder, { HUB_URL: 'hub.example' })).rejects.toThrow(/\n  HUB_URL: /);
    await expect(loadHub(folder, { HUB_ORIGINS: 'https://desk.example/a' })).rejects.toThrow(/\n  HUB_ORIGINS: 0: /);
  });

  it('is refused with a model that only Neptune ML learns, where there is none', async () => {
    const model = 'name: churn\ntitle: T\ndescription: D.\ntarget: { within: 14d, events: [churn] }\nlearner: graph\n';
    const [problem, ...more] = await problems({ 'models/churn.yaml': model });
    expect([problem, more]).toEqual([
      expect.stringMatching(/^models\/churn\.yaml: learner: .*engines\.aws\.neptuneMl/),
      [],
    ]);
    const neptuneMl = { role: 'arn:aws:iam::1:role/ml' };
    const aws = {
      region: 'eu-central-1',
      lake: { bucket: 'lake' },
      neptune: { url: 'https://cluster:8182' },
      neptuneMl,
    };
    const { models } = await loadHub(folder, { HUB_ROOM: 'aws', HUB_ENGINES: JSON.stringify({ aws }) });
    expect(models).toMatchObject([{ learner: 'graph' }]);
  });

  it.each([
    ['{', /HUB_ENGINES: .*JSON/],
    ['5', /HUB_ENGINES: .*JSON object/],
    ['{"aws":{"region":"here"}}', /\n  HUB_ENGINES: aws\.region: .*eu-central-1/],
    ['{"awss":{}}', /\n  HUB_ENGINES: awss: unknown field/],
  ])('is refused with engines that are not any: %s', async (HUB_ENGINES, problem) => {
    await load();
    await expect(loadHub(folder, { HUB_ROOM: 'aws', HUB_ENGINES })).rejects.toThrow(problem);
  });

  it('tells of HUB_ROOM what is wrong with it, and of hub.yaml what is wrong there', async () => {
    await problems({ 'hub.yaml': 'name: Test\ntimezone: UTC\nengines: { trino: { url: here } }\n' });
    const refused = loadHub(folder, { HUB_ROOM: 'moon', HUB_ENGINES: '{"temporal":{}}' });
    await expect(refused).rejects.toThrow(/\n  HUB_ROOM: expected "local".*\n  hub\.yaml: engines\.trino\.url: /);
  });

  it('shows nothing of a HUB_ENGINES that cannot be read: there may be a secret in it', async () => {
    await load();
    const error: unknown = await loadHub(folder, { HUB_ENGINES: 'pa55word' }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/HUB_ENGINES: /);
    expect(String(error)).not.toContain('pa55word');
  });

  it('never shows the secret of an address, be it whole or not', async () => {
    const urls = ['https://hub:pa55word@trino', 'https://hub:pa55/word@trino', 'https://trino?password=pa55word'];
    for (const url of urls) {
      const [problem, ...others] = await problems({
        'hub.yaml': `name: T\ntimezone: UTC\nengines: { trino: { url: '${url}' } }\n`,
      });
      expect(others).toEqual([]);
      expect(problem).toMatch(/^hub\.yaml: engines\.trino\.url: expected /);
      expect(problem).not.toContain('pa55');
    }
  });

  it('keeps its data where HUB_DATA says', async () => {
    await load();
    expect(await loadHub(folder, { HUB_DATA: '/elsewhere' })).toMatchObject({
      dataFolder: resolve('/elsewhere'),
      landingFolder: resolve('/elsewhere/landing'),
    });
  });

  it('needs no KPIs', async () => {
    expect((await load({ 'kpis/visits.sql': undefined })).kpis.kpis).toEqual([]);
  });

  it.each([
    ['config', ['app', 'billing', 'call-centre', 'crm', 'network', 'posted', 'shops', 'tmf', 'web']],
    ['examples/ecom', ['shop']],
  ])('is what ships as %s', async (shipped, sources) => {
    const hub = await loadHub(join(__dirname, '../../..', shipped), {});
    expect(hub.sources.map(({ name }) => name)).toEqual(sources);
    expect(hub.kpis.kpis.length).toBeGreaterThan(0);
    expect(hub.kpis.problems).toEqual([]);
  });
});

describe('an invalid hub', () => {
  it('refuses a file that nobody wrote by hand, unread; of milestones, the others go on', async () => {
    const large = `# ${'x'.repeat(1_000_000)}`;
    expect(await problems({ 'sources/shop.yaml': large })).toEqual([
      'sources/shop.yaml: expected 1000000 bytes at most, found 1000002',
    ]);
    const good = 'name: good\ntitle: T\ndescription: D\nsteps: [{ name: a, events: [b] }]\n';
    const { milestones } = await load({ 'milestones/good.yaml': good, 'milestones/large.yaml': large });
    expect(milestones.milestones.map(({ spec }) => spec.name)).toEqual(['good']);
    expect(milestones.broken).toEqual(['large']);
  });

  it('names a milestone by what it means, not by what it is computed from or who is told', async () => {
    const spec = (name: string, ...lines: string[]) =>
      [`name: ${name}`, 'title: T', 'description: D', 'steps: [{ name: a, events: [b] }]', ...lines].join('\n');
    const versions = async (...lines: string[]) => {
      const { milestones } = await load({ 'milestones/m.yaml': spec('m', ...lines) });
      return milestones.milestones.map(({ version }) => version);
    };
    const version = await versions();
    expect(version).toHaveLength(1);
    expect(await versions('from: graph')).toEqual(version);
    expect(await versions('coolDown: 1d')).not.toEqual(version);
  });

  it('passes no file over for its ending', async () => {
    expect(await problems({ 'sources/web.yml': SOURCE, 'sources/notes.md': 'Not meant.' })).toEqual([
      'sources/web.yml: expected a name that ends with .yaml',
    ]);
  });

  it('tells every problem of every file at once: file, field, what was expected, what was found', async () => {
    const lines = await problems({
      'hub.yaml': 'name: Test\ntimezone: Berlin\napi: { port: "80", prot: http }\n',
      'identity.yaml': undefined,
      'sources/crm.yaml': SOURCE.replace('zone: UTC', 'foramt: x').replace('title: Shop', 'title: 5'),
      'sources/web.yaml': 'name: web\n\ttitle: Web\n',
    });
    expect(lines).toEqual([
      'hub.yaml: timezone: "Berlin" is not a time zone (expected e.g. "Europe/Berlin"), found "Berlin"',
      'hub.yaml: api.port: expected number, found "80"',
      'hub.yaml: api.prot: unknown field',
      'identity.yaml: the file is missing or cannot be read',
      `sources/crm.yaml: name: expected the file's name, found "shop"`,
      'sources/crm.yaml: title: expected string, found 5',
      'sources/crm.yaml: events.time.foramt: unknown field',
      'sources/crm.yaml: events.time.zone: give zone (e.g. Europe/Berlin, UTC, or offset-in-value): time zones are never assumed',
      expect.stringMatching(/^sources\/web\.yaml: Tabs are not allowed as indentation at line 2, column 1/),
    ]);
  });

  it('of KPIs, the others go on, and so do dashboards without what has errors', async () => {
    const { kpis, dashboards } = await load({
      'kpis/churn.sql': 'SELECT 1 AS value',
      'kpis/early.sql': `SELECT 1;\n${whole['kpis/visits.sql']}`,
      'kpis/empty.sql': '---\ntitle: V\nunit: v\n---\n\n',
      'kpis/sales.sql': '---\ntitle: Sales\nunits: EUR\n---\nSELECT 1 AS value',
      'dashboards/all.yaml': 'title: All\ntiles: [{ kpi: sales }, { kpi: visits }]\n',
    });
    expect(kpis.kpis.map(({ id }) => id)).toEqual(['visits']);
    expect(kpis.broken).toEqual(['churn', 'early', 'empty', 'sales']);
    expect(kpis.problems).toEqual([
      'kpis/churn.sql: expected front matter between two lines "---" before the query',
      'kpis/early.sql: expected front matter between two lines "---" before the query',
      'kpis/empty.sql: expected a query after the front matter',
      'kpis/sales.sql: unit: expected string, found nothing',
      'kpis/sales.sql: units: unknown field',
    ]);
    expect(dashboards).toMatchObject([{ id: 'all', tiles: [{ kpi: 'visits' }] }]);
  });

  it.each([
    ['a source whose file has another name', { 'sources/store.yaml': SOURCE }, /^sources\/store.yaml: name: .*"shop"$/],
    ['no source at all', { 'sources/shop.yaml': undefined }, /^sources\/: expected at least one source$/],
    [
      'a model of another name',
      { 'models/leaving.yaml': MODEL },
      /^models\/leaving.yaml: name: expected the file's name, found "churn"$/,
    ],
    [
      'a model that is judged by what its target does not have',
      { 'models/churn.yaml': `${MODEL}gate: { metric: rmse }\n` },
      /^models\/churn.yaml: gate.metric: "rmse" is no measure of such a target; there are auc/,
    ],
    [
      'a model of no target',
      { 'models/churn.yaml': MODEL.replace(', events: [churn]', '') },
      /^models\/churn.yaml: target: give one of events, classes or score/,
    ],
    [
      'people whom another source knows, which there is not',
      {
        'sources/desk.yaml': SOURCE.replace('name: shop', 'name: desk').replace(
          'events: {',
          'events: { profile_source: crm,',
        ),
      },
      /^sources\/desk.yaml: events\.profile_source: there is no source "crm" with profiles/,
    ],
    ['an empty file', { 'sources/shop.yaml': SOURCE, 'identity.yaml': '' }, /^identity.yaml: rules: .*found nothing$/],
    ['a field given twice', { 'hub.yaml': `${whole['hub.yaml']}name: Again\n` }, /^hub.yaml: Map keys must be unique/],
    // YAML takes the star for a reference to something named before.
    ['a glob without quotes', { 'sources/shop.yaml': SOURCE.replace(/'/g, '') }, /^sources\/shop.yaml: .*alias.*\.csv/],
    ['a source that maps nothing', { 'sources/shop.yaml': SOURCE.replace(/events.*/, '') }, /profiles, events or both/],
    [
      'a source of unique people that is none',
      { 'identity.yaml': `${whole['identity.yaml']}probabilistic: { uniquePerSource: [shop, shpo] }\n` },
      /^identity.yaml: probabilistic\.uniquePerSource\.1: there is no source "shpo" \(did you mean "shop"\?\)/,
    ],
    [
      'a country that is none',
      { 'identity.yaml': `${whole['identity.yaml']}country: XX\n` },
      /^identity.yaml: country: there is no country "XX"/,
    ],
    [
      'a name that is short for too many',
      {
        'identity.yaml': `${whole['identity.yaml']}probabilistic: { nicknames: [a x, b x, c x, d x, e x] }\n`,
      },
      /^identity.yaml: nicknames\.4: "x" stands in more than 4 lines/,
    ],
    [
      'a calling code that no country has',
      { 'identity.yaml': `${whole['identity.yaml']}defaultCallingCode: '999'\n` },
      /^identity.yaml: defaultCallingCode: no country has "999"; set country instead/,
    ],
    [
      'a country told twice',
      { 'identity.yaml': `${whole['identity.yaml']}country: NO\ndefaultCallingCode: '47'\n` },
      /^identity.yaml: defaultCallingCode: expected nothing beside country; leave it out$/,
    ],
    [
      'a source of golden records that is none',
      { 'identity.yaml': `${whole['identity.yaml']}survivorship: { email: { source-priority: [fax] } }\n` },
      /^identity.yaml: survivorship\.email\.source-priority\.0: there is no source "fax"; there are shop$/,
    ],
    [
      'a field to compare that profiles do not have',
      {
        'identity.yaml': `${whole['identity.yaml']}probabilistic: { fields: [{ column: mail, kind: email, role: personal }, { column: city, kind: city, role: place }] }\n`,
      },
      /^identity.yaml: probabilistic\.fields\.0\.column: expected .*found "mail"$/,
    ],
  ])('is one with %s', async (_what, changes: Record<string, string | undefined>, line) => {
    expect(await problems(changes)).toEqual([expect.stringMatching(line)]);
  });
});

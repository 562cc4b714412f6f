import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ENGINE_START_MS } from '../support/engines';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-hub-start-'));
  await cp(resolve('config'), folder, { recursive: true });
  await settings({});
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function settings(change: object): Promise<void> {
  const hub = {
    name: 'Small world',
    timezone: 'Europe/Berlin',
    data: 'data',
    api: { port: 0 },
    sample: { customers: 400, days: 60, seed: 3 },
    firstQuestion: { event: 'churn', as: 'end', steps: 4, top: 5 },
    ...change,
  };
  await writeFile(join(folder, 'hub.yaml'), JSON.stringify(hub));
}

function hub(...args: string[]): { child: ChildProcess; run: Promise<Run>; until: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, [resolve('bin/hub.js'), ...args, '--hub', folder], { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
  const run = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const until = async (text: string) => {
    const isSaid = () => stdout.includes(text) || stderr.includes(text);
    while (!isSaid()) {
      const more = [child.stdout!, child.stderr!].map((stream) => once(stream, 'data').then(() => false));
      const ended = await Promise.race([...more, run.then(() => true)]);
      if (ended && !isSaid()) throw new Error(`ended without saying "${text}":\n${stdout}${stderr}`);
    }
  };
  return { child, run, until };
}

/** The command line of the running Gremlin Server. */
function gremlinCommand(): string {
  const record = readFileSync(join(folder, 'data', 'gremlin-server', 'gremlin.process.json'), 'utf8');
  return readFileSync(`/proc/${(JSON.parse(record) as { engine: { pid: number } }).engine.pid}/cmdline`, 'utf8');
}

/** Processes that the hub started and that still run. */
function leftovers(): number[] {
  const records = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.process.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, 'data', name), 'utf8')) as { engine: { pid: number } });
  return records.map(({ engine }) => engine.pid).filter((pid) => existsSync(`/proc/${pid}`));
}

it(
  'goes from nothing to a first answer and its links, stops everything, and finds its data the next time',
  async () => {
    const first = await hub('start', '--once').run;
    expect(first.stderr).toMatch(/sample: 400 customers/);
    expect(first.stdout).toMatch(/Most frequent journeys to churn \(\d+ customers\)\n(.*→.*churn|.*\n)+/);
    expect(first.stdout).toMatch(/website +http:.*\nAPI docs +http:.*\/docs\nTemporal UI +http:/);
    expect(first.code).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(folder, 'data', 'running.json'))).toBe(false);

    const backup = join(folder, 'backups', 'first.tar.gz');
    expect(await hub('backup', 'create', backup).run).toMatchObject({ code: 0 });
    await rm(join(folder, 'data'), { recursive: true });
    expect(await hub('backup', 'restore', backup).run).toMatchObject({ code: 0 });
    const looked = await hub('doctor').run;
    expect(looked).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✓ lake +version \d+\n(.*\n)*– Temporal/) as string,
    });

    const second = await hub('start', '--once').run;
    const chart = (text: string) => text.slice(0, text.indexOf('website'));
    expect(chart(second.stdout)).toBe(chart(first.stdout));
    expect(second.stderr).toMatch(/ingest +done 0 rows/);
    expect(second.stderr).not.toMatch(/sample:/);
  },
  ENGINE_START_MS,
);

it(
  'runs until Ctrl-C, which stops everything it started',
  async () => {
    await settings({ engines: { gremlin: { heapMb: 700 } } });
    const { child, run, until } = hub('start');
    await until('Temporal UI');
    const second = await hub('start', '--once').run;
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`process ${child.pid} runs this hub already`);
    expect(gremlinCommand()).toContain('-Xmx700m');
    const journey = { journey: ['bill_shock', 'app_bill_view'], at: 'anywhere', outcome: { event: 'churn' } };
    const similar = JSON.parse((await hub('report', 'similar-journeys', JSON.stringify(journey)).run).stdout);
    expect(similar.outcome.of + similar.outcome.untold).toBe(similar.count);
    const customer = similar.matches[0].customer as string;
    const report = await hub('report', 'journey-report', JSON.stringify({ customer })).run;
    expect(JSON.parse(report.stdout)).toMatchObject({ customer, timeline: { steps: expect.any(Array) } });
    expect((await hub('journeys', 'similar', '--customers', customer).run).stdout).toContain(`${customer}: `);
    const options = ['--collapse', '--occurrence', 'every', '--had', 'bill_shock', '--max-gap-hours', '500', '--json'];
    const frequent = await hub('journeys', 'frequency', '--end', 'churn', '--steps', '4', ...options).run;
    expect(JSON.parse(frequent.stdout).journeys[0].repeats).toEqual(expect.any(Array));
    const wrong = await hub('journeys', 'frequency', '--end', 'churn', '--occurrence', 'sometimes').run;
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('occurrence: ')]);
    const refused = await hub('report', 'journey-frequency', '{"event": "chrun"}').run;
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('did you mean "churn"')]);
    await curate(hub)
      .then(() => callAgainAndAgain(hub))
      .catch((error: unknown) => {
        child.kill('SIGINT');
        throw error;
      });
    expect(JSON.parse(readFileSync(join(folder, 'data', 'running.json'), 'utf8'))).toMatchObject({ pid: child.pid });
    child.kill('SIGINT');
    expect((await run).code).toBe(0);
    expect(leftovers()).toEqual([]);
  },
  ENGINE_START_MS,
);

/** Somebody new calls three times: the stored queries see it as the graph is loaded, before everybody is computed. */
async function callAgainAndAgain(run: typeof hub): Promise<void> {
  const calls = ['01', '02', '03'].map((day) => `X${day};X9;+4930555001;Jo Doe;${day}.02.2026 11:00:00;GESPRAECH;60`);
  const file = join(folder, 'data', 'landing', 'call-centre', 'call-centre-2026-02-04.csv');
  await writeFile(file, ['Vorgang;Anrufer;Rufnummer;Name;Beginn;Grund;Dauer_s', ...calls, ''].join('\n'));
  const status = async () =>
    JSON.parse((await run('follow', 'status').run).stdout) as { reached: number; status: string };
  expect(await status()).toMatchObject({ status: 'following', reached: 0 });
  expect((await run('run', 'nightly').run).code).toBe(0);
  while ((await status()).reached < 2);
  const profile = { source: 'call-centre', id: 'X9' };
  const report = await run('report', 'journey-report', JSON.stringify({ profile })).run;
  const { customer } = JSON.parse(report.stdout) as { customer: string };
  const { apiUrl } = JSON.parse(readFileSync(join(folder, 'data', 'running.json'), 'utf8')) as { apiUrl: string };
  const ask = async (path: string) => (await fetch(`${apiUrl}${path}`)).json() as Promise<Record<string, unknown>>;
  const reached = await ask(`/v1/customers/${customer}/milestones`);
  expect(reached.milestones).toMatchObject([
    { milestone: 'at-risk', evidence: [{ type: 'milestone:repeat-caller' }] },
    { milestone: 'repeat-caller', evidence: [1, 2, 3].map(() => ({ step: 'calls', type: 'call_center' })) },
  ]);
  expect(await ask('/v1/milestones')).toMatchObject({ milestones: { length: 10 }, problems: [] });
  const dry = JSON.parse((await run('run', 'milestones', '--dry-run').run).stdout) as object;
  expect(dry).toMatchObject({ dryRun: true, computed: [], refused: [] });
}

/** Splits a profile off a customer that its model holds together, and merges it again: at once, and with the reasons. */
async function curate(run: typeof hub): Promise<void> {
  const identity = async (...args: string[]) => (await run('identity', ...args).run).stdout;
  const explain = async (id: string) => JSON.parse(await identity('explain', id, '--json'));
  const owner = async (profile: string) => {
    const [source, id] = profile.split(/:(.*)/) as [string, string];
    const report = await run('report', 'journey-report', JSON.stringify({ profile: { source, id } })).run;
    return JSON.parse(report.stdout).customer as string;
  };
  const customer = await owner('crm:K1000000');
  const { weakest, profiles } = await explain(customer);
  expect(weakest.parts.flat().sort()).toEqual(profiles.map((one: { profile: string }) => one.profile).sort());
  const [kept, split] = (weakest.parts as string[][]).sort((a, b) => b.length - a.length) as [string[], string[]];
  const because = (reason: string) => ['--author', 'ann', '--reason', reason, '--now'];
  expect(await identity('split', ...split, ...because('two people'))).toMatch(
    /^kept \(pairs of profiles: \d+\); it shows now/,
  );
  expect((await explain(customer)).profiles).toHaveLength(kept.length);
  expect(await identity('merge', kept[0]!, ...split, ...because('one person'))).toMatch(
    /; profiles that changed customers: \d/,
  );
  const again = await explain(customer);
  expect(again.profiles).toHaveLength(profiles.length);
  expect(again.changes.map(({ kind }: { kind: string }) => kind)).toEqual(expect.arrayContaining(['split', 'merged']));
  expect(await identity('assertions')).toMatch(
    /are one person {2}ann: one person\n(.*\n)*.*are two people \(revoked\) {2}ann: two people/,
  );
  const unknown = await run('identity', 'explain', 'c-x').run;
  expect([unknown.code, unknown.stderr]).toEqual([1, 'hub: there is no customer "c-x"\n']);
}

it(
  'stops in the middle of a night, and does not wait for servers that it stopped itself',
  async () => {
    await settings({ sample: { customers: 8000, days: 120, seed: 3 } });
    const { child, run, until } = hub('start');
    await until('ingest    done');
    const asked = Date.now();
    child.kill('SIGINT');
    const { code, stdout } = await run;
    expect(stdout).not.toContain('Temporal UI');
    expect(code).toBe(0);
    // It used to go on asking for a minute.
    expect(Date.now() - asked).toBeLessThan(45_000);
    expect(leftovers()).toEqual([]);
  },
  ENGINE_START_MS,
);

it('lists all that is wrong with the hub folder, and starts nothing', async () => {
  await settings({ timezone: 'Europe/Atlantis', nightly: { corn: '0 2 * * *' } });
  await rm(join(folder, 'identity.yaml'));
  const { code, stderr } = await hub('start', '--once').run;
  expect(code).toBe(1);
  expect(stderr).toMatch(/hub\.yaml: timezone: .*Europe\/Atlantis/);
  expect(stderr).toMatch(/hub\.yaml: nightly\.corn: unknown field/);
  expect(stderr).toMatch(/identity\.yaml: the file is missing/);
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

it('says what to do when there is nothing to ingest and no sample is wanted', async () => {
  await settings({ sample: undefined });
  const { code, stderr } = await hub('start', '--once').run;
  expect(code).toBe(1);
  expect(stderr).toMatch(/landing.* is empty: put the sources' files there, or set "sample" in hub\.yaml/);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnOptions, runHub, type Outcome } from '../support/hub-command';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-e2e-'));
  await writeFile(join(folder, 'events.csv'), EVENTS);
});
afterAll(() => rm(folder, { recursive: true }));

const EVENTS = `who,at,what
1,2024-01-01T10:00:00Z,bill_shock
1,2024-01-02T10:00:00Z,call > "agent"
1,2024-01-03T10:00:00Z,churn
2,2024-01-01T10:00:00Z,churn
3,2024-01-01T10:00:00Z,bill_shock
,2024-01-01T10:00:00Z,churn
`.replace('call > "agent"', '"call > ""agent"""');

/** Runs `hub journeys frequency` on the events above, as a shell would. */
function hub(...args: string[]): Promise<Outcome> {
  return runHub('journeys', 'frequency', '--events', join(folder, 'events.csv'), ...columnOptions, ...args);
}

describe('hub journeys frequency --events', () => {
  it('answers in JSON on stdout, with warnings on stderr', async () => {
    const { code, stdout, stderr } = await hub('--end', 'churn', '--json');
    expect(JSON.parse(stdout)).toEqual({
      journeys: [
        { steps: ['bill_shock', 'call > "agent"', 'churn'], count: 1, share: 0.5 },
        { steps: ['churn'], count: 1, share: 0.5 },
      ],
      positions: [
        { offset: -2, step: 'bill_shock', count: 1 },
        { offset: -1, step: 'call > "agent"', count: 1 },
        { offset: 0, step: 'churn', count: 2 },
      ],
      customers: 2,
      ignoredRows: 1,
      timings: {
        open: expect.any(Number),
        load: expect.any(Number),
        journeys: expect.any(Number),
        count: expect.any(Number),
        total: expect.any(Number),
      },
    });
    expect(stderr).toContain('1 row of');
    expect(code).toBe(0);
  });

  it('draws a chart without colours where there is no terminal', async () => {
    const { code, stdout } = await hub('--start', 'bill_shock', '--steps', '2', '--top', '1');
    expect(stdout).toContain('Most frequent journeys from bill_shock (2 customers)');
    expect(stdout).toContain('1  50.0 %  ████████████ bill_shock\n');
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  it('answers with zeros, and a hint, when the event never occurs', async () => {
    const { code, stdout, stderr } = await hub('--end', 'chrun', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ journeys: [], positions: [], customers: 0 });
    expect(stderr).toContain('never occurs in');
    expect(stderr).toContain('did you mean "churn"?');
    expect(code).toBe(0);
  });

  it.each([
    [2, [], 'name the event of interest'],
    [2, ['--end', 'a', '--start', 'b'], 'not both'],
    [2, ['--end', 'churn', '--steps', '0'], '--steps 0: expected a whole number from 1 to 100'],
    [2, ['--end', 'churn', '--steps', '1000'], '--steps 1000'],
    [2, ['--end', 'churn', '--format', 'xml'], 'expected csv, ndjson or parquet'],
    [2, ['--end', 'churn', '--bogus'], 'unknown option'],
    [
      1,
      ['--end', 'churn', '--event-col', 'waht'],
      'has no column "waht" (did you mean "what"?); it has: who, at, what',
    ],
    [1, ['--end', 'churn', '--events', 'none.csv'], 'there is no file none.csv'],
  ])('exits with %i for %j', async (expected, args, message) => {
    const { code, stdout, stderr } = await hub(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(expected);
  });

  it('refuses what only a hub can answer', async () => {
    const { code, stderr } = await hub('--end', 'churn', '--collapse');
    expect([code, stderr]).toEqual([2, expect.stringContaining('of a hub only')]);
  });
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { analyzeFile } from '../../../adapters/local/frequency/analyze-file';
import type { FileQuestion } from '../../../adapters/local/frequency/analyze-file';
import { EventFiles, eventColumns as columns, formats } from '../../support/event-files';
import { eventRows, questions } from './event-rows';
import { naiveFrequency } from './reference';

let folder: string;
let files: EventFiles;
const usualTemp = process.env['TMPDIR'];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-'));
  files = new EventFiles(folder);
  process.env['TMPDIR'] = folder; // so that what is left behind is seen
});
afterAll(async () => {
  if (usualTemp === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usualTemp;
  await rm(folder, { recursive: true });
});

const ask = { columns, event: 'churn', as: 'end' as const, steps: 3, top: 10 };

/** The answer, with the parts that every test repeats left out. */
async function ask3(file: string, extra: Partial<FileQuestion> = {}) {
  const { answer, warnings } = await analyzeFile({ ...ask, file, ...extra });
  return {
    journeys: answer.journeys.map(({ steps, count }) => [steps.join(' '), count]),
    ignored: answer.ignoredRows,
    warnings,
  };
}

describe('analyzeFile', () => {
  it.each(formats)('%s: equals the naive reference', async (format) => {
    await fc.assert(
      fc.asyncProperty(eventRows, questions, async (rows, question) => {
        const file = await files.write(format, rows);
        const { answer } = await analyzeFile({ ...question, file, columns });
        const expected = naiveFrequency(rows, question);
        expect(answer).toEqual({ ...expected, ignoredRows: 0, timings: expect.any(Object) });
      }),
      { numRuns: 25 },
    );
  });

  it('lets the order of the file decide between equal times, around the event too', async () => {
    const rows = 'who,at,what\n1,5,late\n1,2,b\n1,2,a\n1,2,churn\n1,2,after\n1,1,first\n';
    const file = await files.file('ties.csv', rows);
    expect((await ask3(file)).journeys).toEqual([['b a churn', 1]]);
    expect((await ask3(file, { as: 'start' })).journeys).toEqual([['churn after late', 1]]);
  });

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('lets the order of the file decide which of %s and %s is one step too many', async (first, second) => {
    const before = await files.file('before.csv', `who,at,what\n1,1,${first}\n1,1,${second}\n1,2,churn\n`);
    expect((await ask3(before, { steps: 2 })).journeys).toEqual([[`${second} churn`, 1]]);
    const after = await files.file('after.csv', `who,at,what\n1,1,churn\n1,2,${first}\n1,2,${second}\n`);
    expect((await ask3(after, { steps: 2, as: 'start' })).journeys).toEqual([[`churn ${first}`, 1]]);
  });

  it('keeps the order of a large file with nothing but equal times', async () => {
    const lines = Array.from(
      { length: 300_000 },
      (_, row) => `${row % 1000},7,${row % 3 === 2 ? 'churn' : `s${row % 7}`}`,
    );
    const rows = lines
      .map((line) => line.split(','))
      .map(([customer = '', , event = '']) => ({ customer, time: 7, event, channel: 'web' }));
    const file = await files.file('equal.csv', `who,at,what\n${lines.join('\n')}\n`);
    const { answer } = await analyzeFile({ ...ask, file });
    expect(answer).toMatchObject(naiveFrequency(rows, ask));
  });

  it.each([
    ['timestamp', "TIMESTAMP '2024-01-01' + to_microseconds(n)"],
    ['timestamptz', "TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_microseconds(n)"],
    ['nanoseconds', 'make_timestamp_ns(1700000000000000000 + n)'],
    ['date', "DATE '2024-01-01' + n::INTEGER"],
    ['epoch', '1700000000 + n'],
    ['far apart', 'n * 2250000000000000000 - 4500000000000000000'],
    ['fractions', '1700000000 + n / 8'],
    ['decimals', '(1700000000 + n / 8)::DECIMAL(18, 3)'],
    ['text', "strftime(TIMESTAMP '2024-01-01' + to_hours(n::INTEGER), '%Y-%m-%dT%H:%M:%SZ')"],
    ['offsets', "concat('2024-01-01T0', 5 - n, ':00:00+0', 9 - 2 * n, ':00')"],
  ])('reads times as %s', async (name, at) => {
    const steps = "VALUES (3, 'churn'), (1, 'b'), (0, 'a'), (2, 'c'), (4, 'd')";
    const file = await files.parquet(
      `${name}.parquet`,
      `SELECT 1 AS who, ${at} AS at, what FROM (${steps}) AS steps (n, what)`,
    );
    expect((await ask3(file)).journeys).toEqual([['b c churn', 1]]);
    expect((await ask3(file, { as: 'start' })).journeys).toEqual([['churn d', 1]]);
  });

  it('leaves unusable rows out, and says how many', async () => {
    const good = '1,2024-01-01,a\n1,2024-01-03,churn\n';
    const file = await files.file(
      'unusable.csv',
      `who,at,what\n${good},2024-01-02,b\n1,,b\n1,soon,b\n1,2024-01-02,\n1,infinity,b\n`,
    );
    expect(await ask3(file)).toEqual({
      journeys: [['a churn', 1]],
      ignored: 5,
      warnings: [`5 rows of ${file} left out: without "who", "what" or a readable "at"`],
    });
  });

  it.each([
    ['no customer', "(NULL, 2, 'b')"],
    ['no time', "(1, NULL, 'b')"],
    ['no event', '(1, 2, NULL)'],
  ])('leaves out rows of a Parquet file with %s', async (name, row) => {
    const rows = `VALUES (1, 1, 'a'), ${row}, (1, 3, 'churn')`;
    const file = await files.parquet(`${name}.parquet`, `SELECT * FROM (${rows}) AS rows (who, "at", what)`);
    expect(await ask3(file)).toMatchObject({ journeys: [['a churn', 1]], ignored: 1 });
  });

  it('leaves out infinite times', async () => {
    const rows = "VALUES (1, '2024-01-01', 'a'), (1, '-infinity', 'b'), (1, '2024-01-03', 'churn')";
    const select = `SELECT who, "at"::TIMESTAMP AS at, what FROM (${rows}) AS rows (who, "at", what)`;
    expect(await ask3(await files.parquet('infinite.parquet', select))).toMatchObject({
      journeys: [['a churn', 1]],
      ignored: 1,
    });
  });

  it('answers with zeros when the event never occurs, and says what may be meant', async () => {
    const file = await files.file('never.csv', 'who,at,what\n1,1,chrun\n');
    const { answer, warnings } = await analyzeFile({ ...ask, file });
    expect(answer).toMatchObject({ journeys: [], positions: [], customers: 0 });
    expect(warnings).toEqual([`the event "churn" never occurs in ${file} (did you mean "chrun"?)`]);
    const nothing = await files.file('nothing.csv', 'who,at,what\n1,1,\n');
    expect((await ask3(nothing)).journeys).toEqual([]);
  });

  it('finds columns in other dialects of csv, in json arrays, and keys that come late', async () => {
    const semicolons = await files.file('dialect.csv', '\uFEFF"who";at;what;WHAT;\r\n1;1;"a;b";x;\r\n1;2;churn;x;\r\n');
    expect((await ask3(semicolons)).journeys).toEqual([['a;b churn', 1]]);
    const array = await files.file('array.json', '[{"who":1,"at":1,"what":"a"},{"who":"1","at":"2","what":"churn"}]');
    expect((await ask3(array)).journeys).toEqual([['a churn', 1]]);
    const late = `${'{"who":1,"at":1}\n'.repeat(25_000)}{"who":1,"at":1,"what":"churn"}`;
    expect(await ask3(await files.file('late.ndjson', late))).toMatchObject({
      journeys: [['churn', 1]],
      ignored: 25_000,
    });
  });

  it('takes names literally that look like patterns or SQL', async () => {
    const file = await files.file("it's [1]*.csv", `who,"at ""x""","it's"\n1,1,churn\n`);
    const odd = { columns: { customer: 'who', time: 'at "x"', event: "it's" } };
    expect((await ask3(file, odd)).journeys).toEqual([['churn', 1]]);
  });

  it('tells apart more event types than one byte holds', async () => {
    const select = `SELECT range % 700 AS who, range AS at, 'type ' || range % 1401 AS what FROM range(300000)`;
    const { answer } = await analyzeFile({
      ...ask,
      event: 'type 1400',
      file: await files.parquet('types.parquet', select),
    });
    const rows = Array.from({ length: 300_000 }, (_, row) => ({
      customer: String(row % 700),
      time: row,
      event: `type ${row % 1401}`,
      channel: 'web',
    }));
    expect(answer).toMatchObject(naiveFrequency(rows, { ...ask, event: 'type 1400' }));
  });

  describe('refuses, saying what to do', () => {
    const expectError = async (
      file: string,
      code: string,
      message: string | RegExp,
      extra: Partial<FileQuestion> = {},
    ) =>
      expect(analyzeFile({ ...ask, file, ...extra })).rejects.toMatchObject({
        name: 'HubError',
        code,
        message: expect.stringMatching(message) as string,
      });

    it('a missing file, a folder, an unknown format', async () => {
      await expectError(join(folder, 'none.csv'), 'FILE_MISSING', /none\.csv; check the path/);
      await expectError(folder, 'FILE_UNREADABLE', /is not a file/);
      await expectError(await files.file('x.data', 'a'), 'FORMAT_UNKNOWN', /say --format/);
    });

    it('an empty file, or one with a header only', async () => {
      await expectError(await files.file('empty.csv', ''), 'FILE_EMPTY', /is empty/);
      await expectError(await files.file('header.csv', 'who,at,what\n'), 'FILE_EMPTY', /is empty/);
      await expectError(await files.file('empty.csv.gz', gzipSync('')), 'FILE_EMPTY', /is empty/);
      const none = await files.parquet('none.parquet', "SELECT 1 AS who, 1 AS at, 'a' AS what WHERE false");
      await expectError(none, 'FILE_EMPTY', /is empty/);
    });

    it('a missing column', async () => {
      const file = await files.file('columns.csv', 'Who,at,event_type\n1,1,churn\n');
      await expectError(
        file,
        'COLUMN_MISSING',
        /no column "who" \(did you mean "Who"\?\); it has: Who, at, event_type\. Set --customer-col/,
      );
      await expectError(await files.file('c.ndjson', '{"who":1,"what":"a"}'), 'COLUMN_MISSING', /"at".*has: who, what/);
    });

    it('a row that does not fit, naming its line', async () => {
      await expectError(
        await files.file('rows.csv', 'who,at,what\n1,1,churn\n2,2,a,b\n'),
        'FILE_UNREADABLE',
        /Line: 3/,
      );
      await expectError(
        await files.file('rows.ndjson', '{"who":1,"at":1,"what":"a"}\n{"who":\n'),
        'FILE_UNREADABLE',
        /Malformed JSON/,
      );
      await expectError(await files.file('not.parquet', 'who,at,what\n'), 'FILE_UNREADABLE', /not\.parquet/);
      await expectError(
        await files.file('latin.csv', Buffer.from('who,at,what\n1,1,caf\xe9\n', 'latin1')),
        'FILE_UNREADABLE',
        /not utf-8.*export it as csv in UTF-8/,
      );
    });

    it('a cut-off or broken gzip file, leaving nothing behind', async () => {
      const whole = gzipSync(`who,at,what\n${'1,1,churn\n'.repeat(10_000)}`);
      await expectError(
        await files.file('cut.csv.gz', whole.subarray(0, -20)),
        'FILE_TRUNCATED',
        /cut off, copy it again/,
      );
      await expectError(await files.file('broken.csv.gz', 'who,at,what\n'), 'FILE_UNREADABLE', /is it a gzip file/);
      expect((await readdir(folder)).filter((name) => name.startsWith('hub-frequency-'))).toEqual([]);
    });

    it('a column that holds no times', async () => {
      await expectError(
        await files.file('times.csv', 'who,at,what\n1,soon,churn\n'),
        'TIME_UNREADABLE',
        /e\.g\. "soon"; expected ISO 8601/,
      );
      const flags = await files.parquet('flags.parquet', "SELECT 1 AS who, true AS at, 'a' AS what");
      await expectError(flags, 'COLUMN_TYPE', /"at" of .* is BOOLEAN, not a time/);
    });

    it('more event types than a journey can be written in', async () => {
      const ids = await files.parquet('ids.parquet', 'SELECT 1 AS who, range AS at, range AS what FROM range(65537)');
      await expectError(ids, 'ALPHABET_TOO_LARGE', /65537 different events/);
    });
  });
});

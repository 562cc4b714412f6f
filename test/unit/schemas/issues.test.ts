import { z } from 'zod';
import { problemsOf } from '../../../schemas/issues';
import { dateMapping, fieldMapping, timeMapping } from '../../../schemas/source';

/** "field: message" of everything wrong with the input. */
function problems(schema: z.ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input, { reportInput: true });
  return problemsOf(error!).map(({ field, message }) => `${field}: ${message}`);
}

describe('a problem', () => {
  const schema = z.strictObject({ list: z.array(z.strictObject({ n: z.number() })), kind: z.enum(['a', 'b']) });

  it('names the path of its field, and every unknown field', () => {
    expect(problems(schema, { list: [{ n: 1 }, { n: '2', m: 1 }], kind: 'a', x: 1, y: 2 })).toEqual([
      'list.1.n: expected number, found "2"',
      'list.1.m: unknown field',
      'x: unknown field',
      'y: unknown field',
    ]);
  });

  it('of one value out of some names them all', () => {
    expect(problems(schema, { list: [], kind: 'c' })).toEqual(['kind: expected "a" or "b", found "c"']);
  });

  it('is told without what was found when nobody asked for it', () => {
    expect(problemsOf(schema.safeParse({ list: [], kind: 1 }).error!)).toEqual([
      { field: 'kind', message: 'expected "a" or "b"' },
    ]);
  });

  it('shows nothing of what addresses tell of secrets, wherever they are', () => {
    expect(problems(z.number(), { url: 'https://hub:p@ss/w"rd@trino', list: ['x?sslpassword=pw&a=b'] })).toEqual([
      ': expected number, found {"url":"https://…@trino","list":["x?sslpassword=…&a=b"]}',
    ]);
    expect(problems(z.number(), ['hub:pw@temporal:7233'])).toEqual([': expected number, found ["…@temporal:7233"]']);
    expect(problems(z.number(), ['@dayly', 'somebody@example'])).toEqual([
      ': expected number, found ["@dayly","somebody@example"]',
    ]);
  });

  it('shows no more than 80 characters of what was found', () => {
    expect(problems(z.number(), 'x'.repeat(1_000))[0]).toHaveLength(': expected number, found '.length + 78);
  });
});

describe('of several ways to write a field the one that was meant is told of', () => {
  it.each([
    ['a misspelt name', { colum: 'x' }, ['column: expected string, found nothing', 'colum: unknown field']],
    ['a wrong value', { value: 5 }, ['value: expected string, found 5']],
    [
      'a wrong value and a field of another way',
      { value: 5, map: {} },
      ['value: expected string, found 5', 'map: unknown field'],
    ],
    [
      'a wrong expression and a stray field',
      { sql: 5, zone: 'UTC' },
      ['sql: expected string, found 5', 'zone: unknown field'],
    ],
    ['a stray field only', { sql: 'upper(x)', zone: 'UTC' }, ['zone: unknown field']],
    [
      'many wrong values of a table',
      { column: 'x', map: { A: 1, B: 2, C: 3 } },
      ['map.A: expected string, found 1', 'map.B: expected string, found 2', 'map.C: expected string, found 3'],
    ],
    ['none of them', 5, [': expected string or object, found 5']],
  ])('%s', (_what, input, expected) => {
    expect(problems(fieldMapping, input)).toEqual(expected);
  });

  it('also for dates, and for time zones', () => {
    expect(problems(dateMapping, { column: 'x', fmt: '%d' })).toEqual(['fmt: unknown field']);
    expect(problems(timeMapping, { column: 'x', zone: 5 })).toEqual([
      'zone: expected "offset-in-value" or string, found 5',
    ]);
    expect(problems(timeMapping, { column: 'x', zone: 'CEST+1' })).toEqual([
      'zone: "CEST+1" is not a time zone (expected e.g. "Europe/Berlin"), found "CEST+1"',
    ]);
  });
});

describe('a time', () => {
  it.each([
    ['no zone', { column: 'at' }, [expect.stringMatching(/^zone: give zone/)]],
    ['neither column nor expression', { zone: 'UTC' }, [expect.stringMatching(/^: give either column or sql/)]],
    ['both of them', { column: 'a', sql: 'b', zone: 'UTC' }, [expect.stringMatching(/^: give either column or sql/)]],
  ])('with %s is refused', (_what, input, expected) => {
    expect(problems(timeMapping, input)).toEqual(expected);
  });

  it('counted from the epoch needs no zone', () => {
    expect(timeMapping.safeParse({ column: 'at', epoch: 'seconds' }).success).toBe(true);
  });
});

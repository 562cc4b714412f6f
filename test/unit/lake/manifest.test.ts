import {
  EMPTY_MANIFEST,
  KEYS_KEPT,
  refuseConflicts,
  withCommit,
  withCompacted,
  type Manifest,
} from '../../../core/lake/manifest';

const written = (table: 'events' | 'kpis', mode: 'append' | 'replace', file: string, rows = 1) => ({
  table,
  mode,
  file,
  rows,
});

function history(...commits: (readonly [key: string, ...ReturnType<typeof written>[]])[]): Manifest {
  return commits.reduce((latest, [key, ...writes]) => withCommit(latest, { key }, writes), EMPTY_MANIFEST);
}

describe('a commit', () => {
  it('appends behind what was there, and replaces all of it', () => {
    const lake = history(['a', written('events', 'append', '1')], ['b', written('events', 'append', '2')]);
    expect(lake.tables.events).toEqual({ version: 2, files: ['1', '2'] });
    const replaced = withCommit(lake, { key: 'c' }, [
      written('events', 'replace', '3'),
      written('events', 'replace', '4'),
    ]);
    expect(replaced.tables.events).toEqual({ version: 3, files: ['3', '4'] });
  });

  it('that wrote no rows changes nothing but what it empties', () => {
    const lake = history(['a', written('events', 'append', '1')], ['b', written('events', 'append', '2', 0)]);
    expect(lake.tables.events).toEqual({ version: 1, files: ['1'] });
    expect(withCommit(lake, { key: 'c' }, [written('events', 'replace', '3', 0)]).tables.events).toEqual({
      version: 3,
      files: [],
    });
  });

  it('conflicts with changes of what it replaces, not with those of other tables', () => {
    const base = history(['a', written('events', 'append', '1')]);
    const later = withCommit(base, { key: 'b' }, [written('kpis', 'append', '2')]);
    expect(() => refuseConflicts(base, later, { key: 'c' }, [written('events', 'replace', '3')])).not.toThrow();
    expect(() => refuseConflicts(base, later, { key: 'c' }, [written('kpis', 'append', '3')])).not.toThrow();
    expect(() => refuseConflicts(base, later, { key: 'c' }, [written('kpis', 'replace', '3')])).toThrow(
      expect.objectContaining({ code: 'LAKE_CONFLICT', retryable: true }),
    );
  });
});

it('keys of commits long past are forgotten, and those of the last ones are known', () => {
  const keys = Array.from({ length: KEYS_KEPT + 3 }, (_, index) => `key ${index}`);
  const known = Object.keys(history(...keys.map((key) => [key] as const)).keys);
  expect(known).toEqual(keys.slice(-KEYS_KEPT));
});

describe('joining files', () => {
  const lake = history(
    ['a', written('events', 'append', '1')],
    ['b', written('events', 'append', '2')],
    ['c', written('events', 'append', '3')],
  );

  it('is no change of the table: what was computed from it stands', () => {
    const joined = withCompacted(lake, 'events', ['1', '2'], 'joined')!;
    expect(joined).toMatchObject({ version: 4, tables: { events: { version: 3, files: ['joined', '3'] } } });
    expect(() => refuseConflicts(lake, joined, { key: 'd' }, [written('events', 'replace', '4')])).not.toThrow();
  });

  it('may be of files in the midst of others', () => {
    const joined = withCompacted(lake, 'events', ['2', '3'], 'joined')!;
    expect(joined.tables.events?.files).toEqual(['1', 'joined']);
    expect(withCompacted(lake, 'events', ['1', '3'], 'joined')).toBeUndefined();
  });

  it('is given up where the table was replaced meanwhile', () => {
    const replaced = withCommit(lake, { key: 'd' }, [written('events', 'replace', '4')]);
    expect(withCompacted(replaced, 'events', ['1', '2'], 'joined')).toBeUndefined();
    expect(withCompacted(EMPTY_MANIFEST, 'events', [], 'joined')).toBeUndefined();
  });
});

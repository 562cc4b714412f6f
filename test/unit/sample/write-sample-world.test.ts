import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportFile } from '../../../adapters/local/sample/export-file';
import { systems } from '../../../core/sample/steps';
import { filesTruth, fingerprints, SampleWorlds, truthOf } from './sample-world';

let worlds: SampleWorlds;
beforeEach(async () => {
  worlds = await SampleWorlds.open();
});
afterEach(() => worlds.close());

describe('a sample world', () => {
  it('is the same for the same arguments: its text to the byte, its Parquet to the row', async () => {
    const [first, second] = [await worlds.write('first'), await worlds.write('second')];
    expect(await fingerprints(first.outFolder, first.truthFolder)).toEqual(
      await fingerprints(second.outFolder, second.truthFolder),
    );
    expect(await worlds.exportsOf(first)).toEqual(await worlds.exportsOf(second));
  });

  it('is another one for another seed', async () => {
    const [first, second] = [await worlds.write('first'), await worlds.write('second', { seed: 8 })];
    const before = await worlds.exportsOf(first);
    for (const [path, lines] of await worlds.exportsOf(second)) expect(lines).not.toEqual(before.get(path));
  });

  it('has the customers of a smaller one first, who did the same', async () => {
    const [small, large] = [await worlds.write('small'), await worlds.write('large', { customers: 300 })];
    const larger = await worlds.exportsOf(large);
    for (const [path, lines] of await worlds.exportsOf(small)) {
      expect(larger.get(path)!.length).toBeGreaterThan(lines.length);
      expect(larger.get(path)!.slice(0, lines.length)).toEqual(lines);
    }
    const people = await truthOf(small, 'people');
    expect((await truthOf(large, 'people')).slice(0, people.length)).toEqual(people);
  });

  it('is exported by every system, every month, under a date within the period', async () => {
    const world = await worlds.write('world', { customers: 400, days: 45 });
    expect([...(await worlds.exportsOf(world)).keys()].map((path) => path.replace(/\.[a-z.]+$/, '')).sort()).toEqual(
      Object.keys(systems)
        .sort()
        .flatMap((system) => ['2026-03-31', '2026-04-14'].map((date) => `${system}/${system}-${date}`)),
    );
  });

  it('has as many rows, and as many twice, as its truth says', async () => {
    const world = await worlds.write('world', { customers: 1_000 });
    const counted = [...(await worlds.exportsOf(world))].map(([path, lines]) => {
      const rows = path.endsWith('.csv') ? lines.slice(1) : lines;
      return [path, { rows: rows.length, duplicates: rows.length - new Set(rows).size }];
    });
    const truth = await filesTruth(world);
    expect(truth).toMatchObject(Object.fromEntries(counted));
    expect(Object.keys(truth)).toHaveLength(counted.length);
    expect(Object.values(truth).some(({ duplicates }) => duplicates > 0)).toBe(true);
  });

  it('has as many people as were asked for, each with ids in all systems that nobody else has', async () => {
    const world = await worlds.write('world');
    const people = await truthOf(world, 'people');
    const known = new Map(people.map(([person]) => [person!, new Set<string>()]));
    for (const [person, , system] of people) known.get(person!)!.add(system!);
    expect(known.size).toBe(world.customers);
    for (const inSystems of known.values()) expect([...inSystems].sort()).toEqual(Object.keys(systems).sort());
    expect(new Set(people.map(([, , system, id]) => `${system}:${id}`)).size).toBe(people.length);
  });
});

describe('a sample world that is not finished', () => {
  it('leaves nothing when it is stopped, and can be written again', async () => {
    const stopping = new AbortController();
    const stopped = worlds.write(
      'world',
      { customers: 1_200 },
      { signal: stopping.signal, onProgress: () => stopping.abort() },
    );
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(worlds.folder)).toEqual(['.tmp']);
    await worlds.write('world');
    expect((await readdir(worlds.folder)).sort()).toEqual(['.tmp', 'world', 'world-truth']);
  });

  it('is not taken for finished when it is stopped after the last customer', async () => {
    await expect(worlds.write('world', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await readdir(worlds.folder)).toEqual(['.tmp']);
  });

  it('never replaces one that is there, nor the truth about it', async () => {
    const world = await worlds.write('world');
    const before = await fingerprints(world.outFolder, world.truthFolder);
    let progress = 0;
    const again = worlds.write('world', { seed: 8, customers: 600 }, { onProgress: () => progress++ });
    await expect(again).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      message: expect.stringContaining(world.outFolder),
    });
    expect(progress).toBe(0);
    expect(await fingerprints(world.outFolder, world.truthFolder)).toEqual(before);
    expect((await readdir(worlds.folder)).sort()).toEqual(['.tmp', 'world', 'world-truth']);
  });
});

it.each(['csv', 'ndjson.gz'])(
  'a %s export that cannot be written fails instead of waiting for ever',
  async (ending) => {
    const file = new ExportFile(join(worlds.folder, 'nowhere', `a.${ending}`), undefined);
    // Incompressible, so that the archive too has more to write than its buffers hold.
    const line = Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 0x9e3779b1).toString(36)).join('');
    const write = async () => {
      for (let count = 0; count < 50; count++) await file.add(line);
      await file.close();
    };
    await expect(write()).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedEngine } from '../../../adapters/local/engines/engine-cache';
import type { InstallSource } from '../../../adapters/local/engines/engine-cache';

let cache: string;
const before = process.env['HUB_ENGINE_CACHE'];

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'hub-test-cache-'));
  process.env['HUB_ENGINE_CACHE'] = cache;
});
afterEach(async () => {
  if (before === undefined) delete process.env['HUB_ENGINE_CACHE'];
  else process.env['HUB_ENGINE_CACHE'] = before;
  await rm(cache, { recursive: true });
});

const works = (title: string): InstallSource => ({
  title,
  install: (folder) => writeFile(join(folder, 'engine'), title),
});
const breaks = (title: string): InstallSource => ({
  title,
  install: async (folder) => {
    await writeFile(join(folder, 'half'), '');
    throw new Error(`${title} is offline`);
  },
});
const engine = (...sources: InstallSource[]) => ({
  name: 'engine',
  version: '1',
  sources,
  remedy: 'Install it yourself.',
});

describe('installedEngine', () => {
  it('takes the first source that works, and says what it does', async () => {
    const steps: string[] = [];
    const folder = await installedEngine(engine(breaks('first'), works('second')), (step) => steps.push(step));
    expect(await readdir(folder)).toEqual(['engine']);
    expect(steps).toEqual(['engine 1: first', 'engine 1: first failed', 'engine 1: second']);
  });

  it('does not install what is there', async () => {
    await installedEngine(engine(works('first')), () => undefined);
    const folder = await installedEngine(engine(breaks('second')), () => undefined);
    expect(await readdir(folder)).toEqual(['engine']);
  });

  it('says what to install when nothing works, and leaves nothing behind', async () => {
    const missing = installedEngine(engine(breaks('first'), breaks('second')), () => undefined);
    await expect(missing).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      message: expect.stringMatching(/Install it yourself.[^]*first is offline[^]*second is offline/),
    });
    expect(await readdir(cache)).toEqual([]);
  });

  it('takes the folder of a process that was faster', async () => {
    const slow: InstallSource = {
      title: 'slow',
      install: async (folder) => {
        await writeFile(join(folder, 'engine'), 'slow');
        await mkdir(join(cache, 'engine-1'));
        await writeFile(join(cache, 'engine-1', 'engine'), 'fast');
      },
    };
    expect(await readdir(await installedEngine(engine(slow), () => undefined))).toEqual(['engine']);
    expect(await readdir(cache)).toEqual(['engine-1']);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModel, writeModel } from '../../../adapters/local/identity/model-file';
import { allPairs } from '../../../core/identity/blocking/candidate-pairs';
import { compareVectors } from '../../../core/identity/comparison/comparison-vectors';
import { vectorWeights } from '../../../core/identity/clustering/link-records';
import { levelCount } from '../../../core/identity/comparison/agreement-levels';
import { alone } from '../../../core/parallel/work';
import type { ModelFile } from '../../../schemas/model-file';
import { dirtyPeople, peopleFields, trainedModel } from './dirty-people';
import { recordsOf } from './record-rows';

const model = trainedModel();
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-model-'));
  path = join(folder, 'new', 'model.json');
  await writeModel(path, model);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('weighs pairs, bit by bit, as the model that was written', async () => {
  const compared = recordsOf(peopleFields, dirtyPeople(60, 23));
  const vectors = alone(compareVectors(compared, allPairs(compared.table)));
  const read = await readModel(path);
  expect(vectors.size).toBeGreaterThan(300);
  expect(vectorWeights(vectors, read.model)).toEqual(vectorWeights(vectors, model.model));
});

it('keeps all that tells which pairs to look at', async () => {
  const { records, settings, blocking } = model;
  expect(await readModel(path)).toMatchObject({ records, settings, blocking });
  expect(model.blocking.length).toBeGreaterThan(0);
});

describe('a file that is no model of this version', () => {
  const reading = async (change: (file: ModelFile) => unknown) => {
    const content = JSON.parse(await readFile(path, 'utf8')) as ModelFile;
    const broken = join(folder, 'broken.json');
    await writeFile(broken, JSON.stringify(change(content)));
    return readModel(broken).catch((error: Error & { code: string }) => `${error.code} ${error.message}`);
  };

  it.each([
    [
      'version',
      (file: ModelFile) => ({ ...file, version: 99 }),
      'MODEL_VERSION',
      'version: it has 99, and this hub reads 2',
    ],
    [
      'another format',
      (file: ModelFile) => ({ ...file, format: 'x' }),
      'MODEL_INVALID',
      'format: expected "journey-hub/linkage-model", found "x"',
    ],
    [
      'a field left out',
      (file: ModelFile) => ({ ...file, blocking: undefined }),
      'MODEL_INVALID',
      'blocking: expected array, found nothing',
    ],
    ['no object', () => [1], 'MODEL_INVALID', 'expected object'],
  ])('is refused by name: %s', async (_, change, code, message) => {
    const said = await reading(change);
    expect(said).toContain(`${code} ${join(folder, 'broken.json')}: `);
    expect(said).toContain(message);
  });

  it('is refused where its parts do not fit its fields', async () => {
    const levels = levelCount({ kind: 'name' });
    const cut = await reading((file) => {
      file.chance.levels[0]!.pop();
      return file;
    });
    expect(cut).toContain(`chance.levels.0: expected ${levels} levels of "name", found ${levels - 1}`);
    const fewer = await reading((file) => ({ ...file, settings: { fields: peopleFields.slice(1) } }));
    expect(fewer).toContain('chance.levels: expected those of 4 fields, found 5');
    const other = await reading((file) => ({ ...file, classes: { ...file.classes, ghosts: file.classes['match'] } }));
    expect(other).toContain('classes.ghosts: it is of another version of the hub');
    const without = await reading((file) => ({ ...file, classes: { ...file.classes, match: undefined } }));
    expect(without).toContain('classes.match: ');
  });

  it('is refused where it is not there, or no JSON', async () => {
    await expect(readModel(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    await writeFile(join(folder, 'torn.json'), '{"format":');
    await expect(readModel(join(folder, 'torn.json'))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});

import { createHash } from 'node:crypto';
import { loadKernel } from '../../adapters/local/kernels';
import { ThreadCrew, withCrew } from '../../adapters/local/threads/thread-crew';
import { countField } from '../../core/identity/records/count-values';
import { link, type Linkage } from '../../core/identity/link';
import { alone, forEach } from '../../core/parallel/work';
import { linkageSettings } from '../../schemas/linkage';
import { dirtyPeople, peopleFields } from '../unit/identity/dirty-people';
import { recordsOf, tableOf } from '../unit/identity/record-rows';

/** All that linking finds, millions of pairs by their hash. */
function toldBy({ pairs, vectors, clusters, rules, model, placeholders, rounds }: Linkage) {
  const hashOf = (numbers: Uint32Array) => createHash('sha256').update(numbers).digest('hex');
  const hashes = [pairs.a, pairs.b, vectors.of, clusters].map(hashOf);
  const { levels, counts } = vectors;
  return { hashes, levels, counts, rules: rules.map(({ name }) => name), model, placeholders, rounds };
}

/** Counting a field that there is not. */
const impossible = { table: tableOf(peopleFields, [[]]), field: 99, names: undefined };

it.each([
  { seed: 5, threads: 2, threshold: 0, files: false },
  { seed: 6, threads: 3, threshold: 0, files: true },
  // Nearly all are held together, and much is left to cluster.
  { seed: 7, threads: 2, threshold: -9, files: false },
])('links as one thread does, bit by bit: %o', async ({ seed, threads, threshold, files }) => {
  const rows = dirtyPeople(1_500, seed);
  const settings = linkageSettings.parse({ fields: peopleFields, threshold });
  const linkage = () => {
    const kernel = loadKernel('identity');
    const options = files ? { kernel, files: Uint8Array.from(rows, (_, record) => record % 2) } : { kernel };
    return link(recordsOf(peopleFields, rows, options), settings, () => undefined);
  };
  const expected = alone(linkage());
  expect(expected.rules.length).toBeGreaterThan(2);
  expect(expected.pairs.size).toBeGreaterThan(600_000);
  const crew = new ThreadCrew(threads);
  try {
    // A second time the threads know the work, and are faster than at first.
    for (let time = 0; time < 2; time++) expect(toldBy(await crew.run(linkage()))).toEqual(toldBy(expected));
  } finally {
    await crew.close();
  }
});

it.each([1, 2])(
  'an error of a task ends the work, whoever of %i threads meets it, and the next work is done',
  async (threads) => {
    const crew = new ThreadCrew(threads);
    try {
      const failing = crew.run(forEach(countField, [impossible, impossible, impossible]));
      await expect(failing).rejects.toThrow(/undefined/);
      const table = tableOf(peopleFields, dirtyPeople(20, 1));
      const counting = () =>
        forEach(
          countField,
          [0, 1, 2].map((field) => ({ table, field, names: undefined })),
        );
      expect(await crew.run(counting())).toEqual(alone(counting()));
    } finally {
      await crew.close();
    }
  },
);

it('no thread is left behind, also where the work fails: who asks again learns that it has ended', async () => {
  let left: ThreadCrew | undefined;
  const failing = withCrew((crew) => {
    left = crew;
    return crew.run(forEach(countField, [impossible, impossible]));
  });
  await expect(failing).rejects.toThrow(/undefined/);
  const asking = new ThreadCrew(2);
  await asking.close();
  for (const crew of [left!, asking]) {
    const table = tableOf(peopleFields, dirtyPeople(20, 1));
    const again = crew.run(
      forEach(
        countField,
        [0, 1].map((field) => ({ table, field, names: undefined })),
      ),
    );
    await expect(again).rejects.toMatchObject({ code: 'THREAD_ENDED', retryable: true });
  }
});

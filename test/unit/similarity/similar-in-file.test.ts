import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { similarInFile, type SimilarInFileQuestion } from '../../../adapters/local/similarity/similar-in-file';
import { compareCodePoints } from '../../../core/text/code-points';
import { stepWeights } from '../../../schemas/similarity';
import { EventFiles, eventColumns as columns, formats } from '../../support/event-files';
import { eventRows } from '../frequency/event-rows';
import { journeysOf } from '../frequency/reference';
import { plainSimilar } from './reference';

let folder: string;
let files: EventFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-'));
  files = new EventFiles(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const defaults = { columns, steps: 30, minSimilarity: 0.8, limit: 20, weights: stepWeights.parse({}) };

async function ask(question: Omit<SimilarInFileQuestion, keyof typeof defaults> & Partial<SimilarInFileQuestion>) {
  return similarInFile({ ...defaults, ...question });
}

describe('similarInFile', () => {
  it.each(formats)('%s: equals the textbook, with the asker left out', async (format) => {
    const asked = fc.record({ steps: fc.integer({ min: 1, max: 6 }), minSimilarity: fc.constantFrom(0, 0.5, 0.75, 1) });
    await fc.assert(
      fc.asyncProperty(eventRows, asked, async (rows, question) => {
        const journeys = [...journeysOf(rows)].sort(([a], [b]) => compareCodePoints(a, b));
        const ids = journeys.map(([id]) => id);
        const last = journeys.map(([, own]) => own.map(({ event }) => event).slice(-question.steps));
        const file = await files.write(format, rows);
        const { answer } = await ask({ file, customers: ids, ...question });
        const expected = ids.map((customer, asker) => {
          const similar = plainSimilar(last, last[asker]!, question.minSimilarity, defaults.weights);
          const others = similar.filter(({ journey }) => journey !== asker);
          const matches = others.map(({ journey, similarity }) => ({ customer: ids[journey], similarity }));
          return { customer, count: others.length, matches };
        });
        expect(answer.results).toEqual(expected);
        expect(answer.customers).toBe(ids.length);
      }),
      { numRuns: 20 },
    );
  });

  const rows = [
    ...['a', 'b', 'c', 'd', 'e'].map((event, index) => ({ customer: '1', time: index, event, channel: 'web' })),
    ...['a', 'b', 'c', 'd', 'x'].map((event, index) => ({ customer: '2', time: index, event, channel: 'web' })),
    ...['a', 'b'].map((event, index) => ({ customer: '3', time: index, event, channel: 'web' })),
  ];

  it('bounds the list but not the count', async () => {
    const file = await files.write('csv', rows);
    const { answer } = await ask({ file, customers: ['1'], minSimilarity: 0, limit: 1 });
    expect(answer.results).toEqual([{ customer: '1', count: 2, matches: [{ customer: '2', similarity: 0.8 }] }]);
    expect(answer.timings).toMatchObject({ indexMs: expect.any(Number), perQueryMs: { mean: expect.any(Number) } });
  });

  it('weighs steps, and says which weights are for steps that never occur', async () => {
    const file = await files.write('csv', rows);
    const weights = stepWeights.parse({ pairs: [{ steps: ['e', 'x'], cost: 0 }], steps: { nobody: 0.5 } });
    const { answer, warnings } = await ask({ file, customers: ['1'], weights });
    expect(answer.results[0]?.matches).toEqual([{ customer: '2', similarity: 1 }]);
    expect(warnings).toEqual([expect.stringContaining('never occur')]);
  });

  it('refuses a customer who is not in the file', async () => {
    const file = await files.write('csv', rows);
    await expect(ask({ file, customers: ['1', '4711'] })).rejects.toMatchObject({
      code: 'CUSTOMER_UNKNOWN',
      field: 'customers',
    });
  });
});

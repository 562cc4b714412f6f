import { batchesOfCsv } from '../../../adapters/aws/athena/athena-answer';

const COLUMNS = [{ Name: 'n', Type: 'bigint' }];
const PIECE = Buffer.from('"1"\n'.repeat(20_000));

/** An answer as it comes from S3, piece by piece; `ended` resolves when nobody asks it for more. */
function answer(last: () => Buffer = () => PIECE) {
  let end: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  async function* pieces() {
    try {
      yield Buffer.from('"n"\n');
      for (let piece = 0; piece < 8; piece++) yield piece < 7 ? PIECE : last();
    } finally {
      end();
    }
  }
  return { csv: pieces(), ended };
}

async function rowsOf(csv: AsyncIterable<Uint8Array>): Promise<number> {
  let found = 0;
  for await (const { rows } of batchesOfCsv(COLUMNS, csv)) found += rows;
  return found;
}

it('reads an answer of any length to its end', async () => {
  const { csv, ended } = answer();
  expect(await rowsOf(csv)).toBe(8 * 20_000);
  await ended;
});

it('ends the source where nobody reads on', async () => {
  const { csv, ended } = answer();
  for await (const { rows } of batchesOfCsv(COLUMNS, csv)) {
    expect(rows).toBe(5_000);
    break;
  }
  await ended;
});

it('ends the source where the answer is no CSV', async () => {
  async function* broken() {
    yield Buffer.from('"n"\n"1","2"\n');
    yield* csv;
  }
  const { csv, ended } = answer();
  await expect(rowsOf(broken())).rejects.toThrow(/Invalid Record Length/);
  await ended;
});

it('tells of a source that breaks off', async () => {
  const { csv } = answer(() => {
    throw new Error('the connection is lost');
  });
  await expect(rowsOf(csv)).rejects.toThrow('the connection is lost');
});

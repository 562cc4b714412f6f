import { sourceSchema } from '../../../schemas/source';

const events = { id: 'id', type: 't', channel: 'c', time: { column: 'at', zone: 'UTC' }, profile: 'p' };
const source = { name: 'bus', title: 'Event bus', events };
const stream = { kinesis: 'contacts' };

function refusals(input: object): string[] {
  const { error } = sourceSchema.safeParse(input);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

it('a source by a stream lands in a folder of its own, as NDJSON', () => {
  expect(sourceSchema.parse({ ...source, stream })).toMatchObject({
    stream: { kinesis: 'contacts', from: 'oldest' },
    files: 'streams/bus/*.ndjson',
    format: 'ndjson',
  });
});

it.each<[string, object, string]>([
  ['neither files nor a stream', { ...source, format: 'csv' }, 'files: give either files or stream'],
  ['both', { ...source, stream, files: '*.json' }, 'files: give either files or stream'],
  ['files without a format', { ...source, files: '*' }, 'format: expected csv, json, ndjson or parquet'],
  [
    'a stream of CSV',
    { ...source, stream, format: 'csv' },
    'format: records of a stream are JSON objects: leave it out',
  ],
  [
    'a stream of events that nothing tells apart',
    { ...source, stream, events: { ...events, id: undefined } },
    'events.id: records of a stream may come twice: map the id that tells them apart',
  ],
  [
    'a stream of no possible name',
    { ...source, stream: { kinesis: 'arn:aws' } },
    'stream.kinesis: expected the name of a Kinesis data stream',
  ],
])('%s is refused', (_, input, refusal) => {
  expect(refusals(input)).toContain(refusal);
});

import { MemoryStream } from '../support/memory-stream';
import { eventStreamContract } from './event-stream-contract';

eventStreamContract('memory, which tests follow', () => {
  const stream = new MemoryStream();
  return Promise.resolve({
    stream,
    put: (_key: string, ...data: readonly string[]) => stream.put(0, ...data),
    split: (shard: string) => stream.split(shard),
    close: () => stream.close(),
  });
});

import { openNeptuneGraph } from '../../adapters/aws/neptune/neptune-graph';
import { NeptuneFront } from '../stand-ins/neptune-front';
import { testConnection } from '../support/aws';
import { ENGINE_START_MS } from '../support/engines';
import { milestoneReactionContract } from './milestone-reaction-contract';

let front: NeptuneFront;

beforeAll(async () => {
  front = await NeptuneFront.start();
}, ENGINE_START_MS);
afterAll(() => front.stop());

milestoneReactionContract('Neptune and its stream', {
  open: () => {
    const connection = testConnection(front.url, ['neptune']);
    return Promise.resolve(openNeptuneGraph({ connection, iam: false }));
  },
  reset: () => front.reset(),
  runs: 20,
});

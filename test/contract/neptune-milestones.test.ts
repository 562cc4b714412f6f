import { openNeptuneGraph } from '../../adapters/aws/neptune/neptune-graph';
import { FRONT_REGION, NeptuneFront } from '../stand-ins/neptune-front';
import { ENGINE_START_MS } from '../support/engines';
import { milestoneReactionContract } from './milestone-reaction-contract';

let front: NeptuneFront;

beforeAll(async () => {
  front = await NeptuneFront.start();
}, ENGINE_START_MS);
afterAll(() => front.stop());

milestoneReactionContract('Neptune and its stream', {
  open: () => {
    const connection = { region: FRONT_REGION, endpoints: { neptune: front.url }, version: 'test' };
    return Promise.resolve(openNeptuneGraph({ connection, iam: false }));
  },
  reset: () => front.reset(),
  runs: 20,
});

import { openLocalGraph } from '../../adapters/local/graph/local-graph';
import { ENGINE_START_MS, startTestGremlin, type TestGremlin } from '../support/engines';
import { milestoneReactionContract } from './milestone-reaction-contract';

let gremlin: TestGremlin;

beforeAll(async () => {
  gremlin = await startTestGremlin();
}, ENGINE_START_MS);
afterAll(() => gremlin.stop());

milestoneReactionContract('local', {
  open: (dir) => openLocalGraph({ url: gremlin.url, dir, sharedFileSystem: true }),
  reset: () => gremlin.empty(),
  runs: 60,
});

import { NOTHING_FOLLOWED } from '../../../core/milestones/follow-progress';
import { followGraphInput } from '../../../schemas/follow';

it('a follower hands over to the next run what it has counted', () => {
  const totals = { ...NOTHING_FOLLOWED, identified: 3, lastError: 'none' };
  expect(followGraphInput.parse({ from: { commitNum: 1, opNum: 2, log: 'x' }, totals }).totals).toEqual(totals);
});

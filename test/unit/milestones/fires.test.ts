import { NO_FIRES, firesOf, recentFires, type Fires } from '../../../core/milestones/fires';
import type { LookedAt } from '../../../core/milestones/look';

const MINUTE = 60_000;
const fires = (looks: number, lagMs = 0): Fires => ({ looks, reached: 1, retracted: 0, lagMs });

it('counts what came of looks, by milestone', () => {
  const looked = (milestone: string, reached: string[], retracted: string[]): LookedAt => ({
    customerId: 'c',
    milestone,
    changes: [],
    reached,
    retracted,
    left: [],
    found: [],
    nextDue: undefined,
  });
  expect(firesOf([looked('a', ['x'], []), looked('b', [], []), looked('a', ['y'], ['x'])], 12)).toEqual(
    new Map([
      ['a', { looks: 2, reached: 2, retracted: 1, lagMs: 12 }],
      ['b', { looks: 1, reached: 0, retracted: 0, lagMs: 12 }],
    ]),
  );
});

describe('recent fires', () => {
  const now = 100 * MINUTE + 30_000;

  it('are so many a second since the minute before the present one began', () => {
    const minutes = new Map([
      [98 * MINUTE, fires(1_000)],
      [99 * MINUTE, fires(60)],
      [100 * MINUTE, fires(30)],
    ]);
    expect(recentFires(minutes, now).perSecond).toBe(1);
  });

  it('are those of the last hour, with the longest lag', () => {
    const minutes = new Map([
      [39 * MINUTE, fires(1, 900)],
      [40 * MINUTE, fires(2, 50)],
      [100 * MINUTE, fires(3, 70)],
    ]);
    expect(recentFires(minutes, now).lastHour).toEqual({ looks: 5, reached: 2, retracted: 0, lagMs: 70 });
  });

  it('are none where nothing was counted', () => {
    expect(recentFires(new Map(), now)).toEqual({ lastHour: NO_FIRES, perSecond: 0 });
  });
});

import { scoringsToForget, type HeldScoring } from '../../../core/propensity/forget-scores';

const DAY = 86_400_000;
const KEEP = 90 * DAY;

const held = (model: string, day: number, more: Partial<HeldScoring> = {}): HeldScoring => ({
  ...{ run: `${model}:v1:${day}`, model, cutOff: day * DAY, rows: 10, isWhole: true, isTold: true },
  ...more,
});
const days = (count: number, of: (day: number) => HeldScoring) => Array.from({ length: count }, (_, day) => of(day));

it('scorings are kept for so long before the newest, and older ones are forgotten', () => {
  const nightly = days(120, (day) => held('churn', day));
  expect(scoringsToForget(nightly, KEEP)).toEqual(days(29, (day) => held('churn', day)).map(({ run }) => run));
  const kept = nightly.filter(({ cutOff }) => cutOff >= 29 * DAY);
  expect(scoringsToForget(kept, KEEP)).toEqual([]);
});

it('of each model those stay that a trend is told of, however old they are', () => {
  const monthly = days(40, (month) => held('fraud', 30 * month));
  const gone = scoringsToForget([...monthly, held('churn', 5_000)], KEEP);
  expect(gone).toEqual(monthly.slice(0, 10).map(({ run }) => run));
});

it('scorings that are not whole are no part of a trend: old ones go, and those under way stay', () => {
  const halves = [0, 1, 200].map((day) => held('churn', day, { isWhole: false, isTold: false }));
  expect(scoringsToForget([...halves, held('churn', 199)], KEEP)).toEqual(['churn:v1:0', 'churn:v1:1']);
});

it('what the graph was told last stays, so that it can be told what is another', () => {
  const untold = days(200, (day) => held('churn', day, { isTold: day < 3 }));
  expect(scoringsToForget(untold, KEEP)).not.toContain('churn:v1:2');
  expect(scoringsToForget(untold, KEEP)).toContain('churn:v1:1');
});

it('tables are not written anew for a few old scores', () => {
  const nightly = days(98, (day) => held('churn', day));
  expect(scoringsToForget(nightly, KEEP)).toEqual([]);
  expect(scoringsToForget([], KEEP)).toEqual([]);
});

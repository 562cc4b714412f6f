import type { ListDialect } from '../../sql/dialects';
import { literal } from '../../sql/quote';
import { anchorsHaveWords } from './anchors-sql';
import type { CutCtes, CutSqlInput } from './cut-sql-input';
import { numberedColumns } from './rows-sql';

/**
 * `cut` as `cutSql` tells, where every step counts as it is: a journey's letters are then at known places of its word, and
 * nothing need be unfolded.
 */
export function wordCutSql(input: CutSqlInput, lists: ListDialect): CutCtes {
  const { as, steps, through } = input.question;
  const isEnd = as === 'end';
  const span = isEnd
    ? `greatest(anchor - ${steps - 1}, 1) AS first, anchor AS last`
    : `anchor AS first, least(anchor + ${steps - 1}, ${lists.length('word')}) AS last`;
  const letterAt = (place: string) => letterSql(place, input, lists);
  const inTime = (index: number) =>
    letterAt(isEnd ? `CASE WHEN first + ${index} <= last THEN first + ${index} END` : `first + ${index}`);
  const outwards = (index: number) =>
    letterAt(isEnd ? `CASE WHEN anchor > ${index} THEN anchor - ${index} END` : `first + ${index}`);
  const columns = [
    ...numberedColumns('f', steps).map((name, index) => `${inTime(index)} AS ${name}`),
    ...(input.outwards === true || through.length > 0
      ? numberedColumns('s', steps).map((name, index) => `${outwards(index)} AS ${name}`)
      : []),
  ];
  return {
    spans: `SELECT customer_id, anchor, anchor_at, word, times, channels, ${span}
FROM anchors${anchorsHaveWords(input) ? '' : ' JOIN journeys USING (customer_id)'}`,
    cut: `SELECT customer_id, anchor, anchor_at, last - first + 1 AS length,
  CASE WHEN ${isEnd ? 'first > 1' : `last < ${lists.length('word')}`} THEN 1 ELSE 0 END AS goes_on,
  abs(anchor_at - ${lists.item('times', isEnd ? 'first' : 'last')}) AS took_ms,
  ${columns.join(',\n  ')}
FROM spans`,
  };
}

/** The letter of the step at a place; none where there is no place. */
function letterSql(place: string, { view }: CutSqlInput, { item, list }: ListDialect): string {
  if (view.source === 'code') {
    const letters = list(view.letters.map(([, letter]) => String(letter)));
    return item(letters, `${item('word', place)} + 1`);
  }
  const letters = view.letters.map(([channel, letter]) => `WHEN ${literal(String(channel))} THEN ${letter}`);
  return `CASE WHEN ${place} = anchor THEN ${view.anchorLetter} ELSE CASE ${item('channels', place)} ${letters.join(' ')} END END`;
}

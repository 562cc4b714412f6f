import { double } from './quote';

/** As `wordSimilarity` of core/identity/comparison has them: an initial's likeness, and what a letter left over counts. */
const INITIAL = 0.9;
const LEFT_OVER = 0.3;

/**
 * Monge and Elkan's similarity of two texts in DuckDB, equal to `wordSimilarity`: words are lists, and taking one after the
 * other is a reduction whose state is what is taken and how similar it was.
 *
 * @param a an expression, as `b`; both are put in place several times
 */
export function duckDbWordSimilarity(a: string, b: string): string {
  const words = `[list_filter(string_split(${a}, ' '), lambda word: word <> ''), list_filter(string_split(${b}, ' '), lambda word: word <> '')]`;
  const inOrder = `list_transform([${words}], lambda pair: CASE WHEN len(pair[1]) <= len(pair[2]) THEN pair ELSE [pair[2], pair[1]] END)`;
  const whole = `jaro_winkler_similarity(${a}, ${b})`;
  const aligned = `list_transform(${inOrder}, lambda texts: ${alignedSql('texts[1]', 'texts[2]')})[1]`;
  return `greatest(${whole}, ${aligned})`;
}

/** Of every word of `few` the one of `many` it is most like, which is then taken; weighted by its letters. */
function alignedSql(few: string, many: string): string {
  const state = (word: string) => `{'word': ${word}, 'taken': []::BIGINT[], 'similar': 0::DOUBLE}`;
  const states = `list_prepend(${state("''")}, list_transform(${few}, lambda word: ${state('word')}))`;
  const scores = `list_transform(${many}, lambda other, place: CASE WHEN list_contains(done.taken, place) THEN 0::DOUBLE ELSE ${likenessSql('own.word', 'other')} END)`;
  const next = `{'word': '', 'taken': CASE WHEN list_max(scores) > 0 THEN list_append(done.taken, list_position(scores, list_max(scores))::BIGINT) ELSE done.taken END,
    'similar': done.similar + list_max(scores) * strlen(own.word)}`;
  const end = `list_reduce(${states}, lambda done, own: list_transform([${scores}], lambda scores: ${next})[1])`;
  const letters = (words: string) => `list_sum(list_transform(${words}, lambda word: strlen(word)))`;
  const left = `list_sum(list_transform(${many}, lambda word, place: CASE WHEN list_contains(done.taken, place) THEN 0 ELSE strlen(word) END))`;
  return `CASE WHEN len(${many}) < 2 OR len(${few}) = 0 THEN 0 ELSE
  list_transform([${end}], lambda done: done.similar / (${letters(few)} + ${double(LEFT_OVER)} * ${left}))[1] END`;
}

function likenessSql(a: string, b: string): string {
  return `CASE WHEN strlen(${a}) > 1 AND strlen(${b}) > 1 THEN jaro_winkler_similarity(${a}, ${b})
    WHEN left(${a}, 1) <> left(${b}, 1) THEN 0 WHEN strlen(${a}) = strlen(${b}) THEN 1 ELSE ${double(INITIAL)} END`;
}

import { scoringSql } from '../../../core/identity/sql/scoring-sql';
import { duckDbDialect } from '../../../core/sql/duckdb-dialect';
import { redshiftDialect } from '../../../core/sql/redshift-dialect';
import { trinoDialect } from '../../../core/sql/trino-dialect';
import { trainModel } from '../../../core/identity/model/train-model';
import type { MatchModel } from '../../../core/identity/model/match-model';
import { alone } from '../../../core/parallel/work';
import { linkageSettings } from '../../../schemas/linkage';
import { dirtyPeople, peopleFields } from './dirty-people';
import { recordsOf } from './record-rows';

function modelOf(fields: typeof peopleFields): MatchModel {
  const records = recordsOf(fields, dirtyPeople(40, 7));
  return alone(trainModel(records, linkageSettings.parse({ fields }), () => undefined)).linkage.model;
}

const relations = { records: 'records', pairs: 'pairs' };
const usual = modelOf(peopleFields);
const edited = modelOf(peopleFields.map((own) => ({ ...own, comparison: 'levenshtein' as const })));

it.each([trinoDialect, redshiftDialect])(
  'refuses for $name what it cannot compare, with field and remedy',
  (dialect) => {
    const ask = () => scoringSql(usual, relations, dialect);
    expect(ask).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED', field: 'fields.0.comparison' }));
    expect(ask).toThrow(/"given".*Jaro-Winkler ≥ 0.92.*comparison: levenshtein/);
  },
);

it('names the first field at fault, not those that are compared by edits', () => {
  const fields = peopleFields.map((own, place) => (place === 4 ? own : { ...own, comparison: 'levenshtein' as const }));
  const ask = () => scoringSql(modelOf(fields), relations, trinoDialect);
  expect(ask).toThrow(expect.objectContaining({ field: 'fields.4.comparison' }));
});

it.each([duckDbDialect, trinoDialect, redshiftDialect])('scores a model of edits on $name', (dialect) => {
  expect(scoringSql(edited, relations, dialect)).toContain('AS probability');
});

it('refuses a query that is longer than the engine takes', () => {
  const ask = () => scoringSql(edited, relations, { ...trinoDialect, longestQuery: 1000 });
  expect(ask).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED', field: 'patterns' }));
  expect(ask).toThrow(/trino takes 1000; give the patterns/);
});

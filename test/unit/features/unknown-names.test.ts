import { refuseUnknownNames } from '../../../core/features/unknown-names';
import { propensitySpec } from '../../../schemas/propensity';

const KNOWN = ['bill', 'churn', 'call', 'milestone:angry'];
const refusal =
  (target: object, population: object = {}) =>
  () =>
    refuseUnknownNames(
      propensitySpec.parse({
        ...{ name: 'leaves', title: 'T', description: 'D', population },
        target: { within: '14d', ...target },
      }),
      KNOWN,
    );

it('a model of what has happened may be learned, also where some of its names have not', () => {
  expect(refusal({ events: ['churn', 'port_out'] })).not.toThrow();
  expect(refusal({ events: ['milestone:angry'] }, { had: ['bill'], hadNot: ['never'] })).not.toThrow();
});

it('one of what never happened is refused by field, with what was meant', () => {
  expect(refusal({ events: ['chrun'] })).toThrow(
    expect.objectContaining({
      code: 'NOTHING_TO_LEARN_FROM',
      field: 'target.events',
      message: expect.stringMatching(/^models\/leaves\.yaml, target\.events: .*"chrun" \(did you mean "churn"\?\)/),
    }),
  );
  expect(refusal({ classes: { shop: ['call'], app: ['tap'] } })).toThrow(
    expect.objectContaining({ field: 'target.classes.app' }),
  );
  expect(refusal({ score: { events: ['survey'], attribute: 'csat' } })).toThrow(
    expect.objectContaining({ field: 'target.score.events' }),
  );
  expect(refusal({ events: ['churn'] }, { had: ['bill', 'contract'] })).toThrow(
    expect.objectContaining({ field: 'population.had', message: expect.stringContaining('"contract"') }),
  );
});

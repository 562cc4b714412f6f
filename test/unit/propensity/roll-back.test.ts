import { formerVersion } from '../../../core/propensity/roll-back';

const back = (deployed: readonly string[], wanted?: string) => formerVersion('churn', deployed, wanted);

it('goes back to the version that answered before, also after it went back once', () => {
  expect(back(['v1', 'v2'])).toBe('v1');
  expect(back(['v1', 'v2', 'v2'])).toBe('v1');
  expect(back(['v1', 'v2', 'v3', 'v1'])).toBe('v3');
  expect(back(['v1', 'v2', 'v3'], 'v1')).toBe('v1');
});

it('refuses what never answered, what answers, and where there is nothing to go back to', () => {
  expect(() => back(['v10', 'v20'], 'v11')).toThrow(
    expect.objectContaining({ code: 'NEVER_DEPLOYED', field: 'version' }),
  );
  expect(() => back(['v10', 'v20'], 'v20')).toThrow('v20 is the one that answers');
  expect(() => back(['v1'])).toThrow('nothing to go back to');
  expect(() => back([])).toThrow('nothing to go back to');
});

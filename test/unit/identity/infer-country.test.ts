import { inferCountry } from '../../../core/identity/phones/infer-country';

it.each<[string, (string | null)[], string | undefined]>([
  ['a calling code that all have', ['+47 22 12 34 56', '0047 22123457', null], 'NO'],
  [
    'the one whose plan the numbers without calling code follow, though others are named more',
    ['(212) 555-0134', '201-555-0123', '+47 22 12 34 56', '+47 22 12 34 57', '+1 212 555 0135'],
    'US',
  ],
  ['of a calling code of several, the main country', ['+1 416 555 0123', '212 555 0134'], 'US'],
  ['nothing where no number tells', ['22 12 34 56', '', null], undefined],
  ['nothing of what is no number', ['+', '+999 1', 'none'], undefined],
])('tells %s', (_, phones, country) => {
  expect(inferCountry(phones)).toBe(country);
});

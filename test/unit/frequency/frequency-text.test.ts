import { closestName, didYouMean } from '../../../core/text/closest-name';
import { csvHeader } from '../../../core/frequency/csv-header';
import { frequencyChart } from '../../../core/frequency/frequency-chart';
import { selectTop } from '../../../core/frequency/select-top';
import { identifier, literal } from '../../../core/sql/quote';

describe('csvHeader', () => {
  it('finds the delimiter that yields the wanted columns', () => {
    expect(csvHeader('who;when,exactly;what\n1;2;3', ['who', 'what'])).toEqual({
      delimiter: ';',
      columns: ['who', 'when,exactly', 'what'],
    });
  });

  it('reads quoted names, line ends of all systems, and a byte order mark', () => {
    expect(csvHeader('\uFEFF"a, ""b""\nc",d\r\n1,2', ['d']).columns).toEqual(['a, "b"\nc', 'd']);
  });

  it('gives the most columns when the wanted ones are not there', () => {
    expect(csvHeader('a|b|c', ['x'])).toEqual({ delimiter: '|', columns: ['a', 'b', 'c'] });
  });
});

describe('closestName', () => {
  it('finds typing errors, swapped letters and other letter case', () => {
    const names = ['bill_shock', 'churn', 'web_login'];
    expect(closestName('chrun', names)).toBe('churn');
    expect(closestName('Bill_Shock', names)).toBe('bill_shock');
    expect(didYouMean('bil_shock', names)).toBe(' (did you mean "bill_shock"?)');
  });

  it('says nothing when nothing is near', () => {
    expect(didYouMean('purchase', ['churn', 'web_login'])).toBe('');
    expect(didYouMean('x', ['y', ''])).toBe('');
  });
});

it('selectTop keeps the first ones in order', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 1000);
  const order = (a: number, b: number) => (values[a] as number) - (values[b] as number);
  expect(selectTop(1000, 5, order).map((index) => values[index])).toEqual([0, 1, 2, 3, 4]);
  expect(selectTop(3, 5, order)).toHaveLength(3);
  expect(selectTop(0, 5, order)).toEqual([]);
});

it('quotes SQL names and texts', () => {
  expect(identifier('a"b')).toBe('"a""b"');
  expect(literal("it's \\")).toBe("'it''s \\'");
});

describe('frequencyChart', () => {
  const answer = {
    journeys: [
      { steps: ['outage', 'call_center', 'churn'], count: 1200, share: 0.6 },
      { steps: ['churn'], count: 300, share: 0.15 },
    ],
    positions: [
      { offset: -1, step: 'call_center', count: 1200 },
      { offset: 0, step: 'churn', count: 2000 },
    ],
    customers: 2000,
  };
  const question = { event: 'churn', as: 'end' as const };

  it('draws a line a journey', () => {
    expect(frequencyChart(answer, question, { width: 80, colour: false })).toBe(
      [
        'Most frequent journeys to churn (2,000 customers)',
        '  1,200  60.0 %  ████████████ outage → call_center → churn',
        '    300  15.0 %  ███          churn',
        '',
        'Usual steps at each position',
        '  -1  call_center 60.0 %',
        '',
      ].join('\n'),
    );
  });

  it('keeps to the width of the terminal', () => {
    const lines = frequencyChart(answer, question, { width: 50, colour: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
  });

  it('colours only when asked to, and lets no name steer the terminal', () => {
    expect(frequencyChart(answer, question, { width: 80, colour: true })).toContain('\u001b[36m');
    const evil = { ...answer, journeys: [{ steps: ['\u001b[2J\n\u009b', ''], count: 1, share: 1 }] };
    const drawn = frequencyChart(evil, question, { width: 80, colour: false });
    expect(drawn).toContain('\\x1b[2J\\n\\x9b → (empty)');
    expect(drawn).not.toContain('\u001b');
  });

  it('says so when there are none', () => {
    const none = { journeys: [], positions: [], customers: 0 };
    expect(frequencyChart(none, question, { width: 80, colour: false })).toBe(
      'Most frequent journeys to churn (0 customers)\n  none\n',
    );
  });
});

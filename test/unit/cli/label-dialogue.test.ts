import { PassThrough } from 'node:stream';
import { askInTerminal } from '../../../starters/cli/identity-label';
import { LabelDialogue } from '../../../starters/cli/label-dialogue';

const pair = (a: string, b: string, name: string, other: string | null) => ({
  a,
  b,
  fields: [
    { column: 'name', a: name, b: other },
    { column: 'city', a: 'Bonn', b: 'Bonn' },
  ],
});
const pairs = [pair('1', '2', 'Ann', 'Anne'), pair('3', '4', 'Bo', null), pair('5', '6', 'Cleo', 'Clio')];

it('shows both records side by side, and what is equal', () => {
  expect(new LabelDialogue(pairs).question().split('\n')).toEqual([
    'pair 1 of 3',
    '      1          2',
    'name  Ann        Anne',
    'city  Bonn     = Bonn',
    'one person?  y yes  n no  s skip  u undo  q quit',
    '',
  ]);
});

it('goes back with undo, and hears no other key', () => {
  const dialogue = new LabelDialogue(pairs);
  expect(['u', 'x', 'Y', 'n', 'u', 's'].map((key) => dialogue.press(key))).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(dialogue.answers.map(({ pair: { a }, answer }) => [a, answer])).toEqual([
    ['1', 'yes'],
    ['3', 'skip'],
  ]);
});

it.each([
  ['ynsy', 'yes no skip'],
  ['yuny\u0003', 'no yes'],
  ['q', ''],
])('keeps every answer at once: after %j', async (keys, expected) => {
  const stdin = new PassThrough();
  const kept: string[] = [];
  stdin.write(keys.slice(0, 2));
  setImmediate(() => stdin.write(keys.slice(2)));
  const answered = await askInTerminal(pairs, { stdin, stdout: new PassThrough() }, async (rows) => {
    kept.push(rows.map(({ match }) => match).join(' '));
  });
  expect(kept.at(-1) ?? '').toBe(expected);
  expect(answered).toBe(expected === '' ? 0 : expected.split(' ').length);
});

it('asks nothing where there is nothing to ask', async () => {
  expect(await askInTerminal([], { stdin: new PassThrough(), stdout: new PassThrough() }, async () => undefined)).toBe(
    0,
  );
});

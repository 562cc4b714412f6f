import { commonNicknames } from '../../../core/identity/records/common-nicknames';
import { MOST_LINES, Nicknames, NICKNAMES_FROM } from '../../../core/identity/records/nicknames';
import { fieldKinds } from '../../../core/identity/records/field-kinds';
import { textRoom } from '../../../core/identity/records/record-table';

/** The lines of a name as it is in records. */
function linesOf(nicknames: Nicknames, name: string): number[] {
  const text = new TextEncoder().encode(name);
  const bytes = new Uint8Array(64);
  bytes[0] = text.length;
  bytes.set(text, 1);
  nicknames.write(bytes, 0);
  return [...new Uint16Array(bytes.buffer, NICKNAMES_FROM, MOST_LINES)].filter((line) => line > 0);
}

it('knows the lines that a name stands in, however they are written there', () => {
  const own = new Nicknames(['robert bob', 'Renée Née', 'bob-cat bob', 'Jo-Ann jo', 'Владимир вова']);
  const lines = ['bob', 'renee', 'joann', 'вова', 'alice', ''].map((name) => linesOf(own, name));
  expect(lines).toEqual([[1, 3], [2], [4], [5], [], []]);
});

it('has usual names where settings say nothing, and none where they say so', () => {
  expect(linesOf(new Nicknames(), 'bob')).not.toEqual([]);
  expect(linesOf(new Nicknames([]), 'bob')).toEqual([]);
});

it('refuses a name that is short for too many', () => {
  expect(() => new Nicknames(['a x', 'b x', 'c x', 'd x', 'e x'])).toThrow(
    expect.objectContaining({ code: 'NICKNAMES_INVALID', field: 'nicknames.4' }),
  );
});

it('ships lines of two names or more, none twice in one', () => {
  const lines = commonNicknames.map((line) => line.split(' '));
  expect(lines.filter((names) => names.length < 2 || new Set(names).size < names.length)).toEqual([]);
  expect(lines.length).toBeGreaterThan(300);
});

it('stands behind the room for the text of a name', () => {
  expect(NICKNAMES_FROM).toBe(textRoom(fieldKinds.name.width));
});

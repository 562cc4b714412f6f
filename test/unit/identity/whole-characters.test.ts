import fc from 'fast-check';
import { cutToCharacters } from '../../../core/identity/records/whole-characters';

it('leaves of a text that was cut anywhere its whole characters', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '佐', '𝒳'), maxLength: 12 });
  fc.assert(
    fc.property(text, fc.nat(40), (whole, room) => {
      const cut = new TextEncoder().encode(whole).subarray(0, room);
      const bytes = Uint8Array.of(cut.length, ...cut, 0xff);
      cutToCharacters(bytes, 0);
      const kept = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(1, 1 + bytes[0]!));
      const { read } = new TextEncoder().encodeInto(whole, new Uint8Array(room));
      expect(kept).toBe(whole.slice(0, read));
      expect([...bytes.subarray(1 + bytes[0]!, -1)].every((rest) => rest === 0)).toBe(true);
    }),
  );
});

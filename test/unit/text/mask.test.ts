import { maskEmail, maskName, maskPhone } from '../../../core/text/mask';

it.each([
  ['ada@example.com', 'a•••@example.com'],
  ['@example.com', '•••'],
  ['no address', '•••'],
  ['"a@b"@example.com', '"•••@example.com'],
])('of %s is shown %s', (email, masked) => expect(maskEmail(email)).toBe(masked));

it.each([
  ['+49 170 1234567', '•••567'],
  ['123456', '•••'],
  ['', '•••'],
])('of %s is shown %s', (phone, masked) => expect(maskPhone(phone)).toBe(masked));

it.each([
  ['Ada', 'Lovelace', 'Ada L.'],
  [null, 'Lovelace', 'L.'],
  ['Ada', null, 'Ada'],
  ['Ada', '𝕃ove', 'Ada 𝕃.'],
  [null, null, ''],
])('%s %s is shown as %s', (given, family, masked) => expect(maskName(given, family)).toBe(masked));

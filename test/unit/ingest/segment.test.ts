import fc from 'fast-check';
import { lineOf, segmentName } from '../../../core/ingest/segment';

const bytes = (text: string) => Buffer.from(text, 'utf8');

it('a record is a line, however its JSON was laid out', () => {
  expect(lineOf(bytes('{\r\n  "a": "x\\ny"\n}\n'))).toBe('{   "a": "x\\ny" }');
});

it('what can be no JSON is kept as it was, in an object', () => {
  const broken = Buffer.from([0x7b, 0xff, 0xfe]);
  expect(JSON.parse(lineOf(broken))).toEqual({ unreadable_base64: broken.toString('base64') });
  expect(JSON.parse(lineOf(bytes(' \n')))).toEqual({ unreadable_base64: bytes(' \n').toString('base64') });
});

it('any bytes are one line, and any JSON means the same on it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (data) => {
      const line = lineOf(data);
      expect(line).not.toMatch(/[\r\n]|^$/);
    }),
  );
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 0, max: 4 }), (json, indent) => {
      const value: unknown = JSON.parse(json);
      expect(JSON.parse(lineOf(bytes(JSON.stringify(value, undefined, indent))))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});

it('a file is named after what is in it, in letters that any store takes', () => {
  expect(segmentName('shardId-000', '49590', '49599')).toBe('shardId-000-49590-49599.ndjson');
  expect(segmentName('topic/7', '1:2', '3')).toBe('topic_7-1_2-3.ndjson');
});

import fc from 'fast-check';
import { GraphMlWriter, escapeXml, isXmlText } from '../../../core/graph/graphml';
import type { Vertex } from '../../../core/graph/elements';

const vertex = (id: string, properties: Vertex['properties']): Vertex => ({
  kind: 'vertex',
  id,
  label: 'Event',
  properties,
});

/** What an XML parser makes of content or an attribute value. */
function parse(xml: string): string {
  return xml
    .replace(/\r\n?/g, '\n')
    .replace(/\s/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

describe('GraphML', () => {
  it('escapes text so that a parser reads it back, white space included', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'\t\n\r x#;é😀') }), (text) => {
        const xml = escapeXml(text);
        expect(xml).not.toMatch(/[<>"\t\n\r]/);
        expect(parse(xml)).toBe(text);
      }),
    );
  });

  it.each(['\u0000', '\u0008', '\u000b', '\u001f', '\ufffe', '\uffff', 'a\ud800', '\udc00b'])(
    'knows that XML cannot carry %j',
    (text) => {
      expect(isXmlText(text)).toBe(false);
    },
  );

  it.each(['', '\t\n\r', '😀', '\u007f', '\u0085', '\ud7ff\ue000\ufffd'])('knows that XML can carry %j', (text) => {
    expect(isXmlText(text)).toBe(true);
  });

  it('declares a key once, before its first use, and one for every type', () => {
    const writer = new GraphMlWriter();
    const first = writer.add(vertex('1', { a: 'x' })).xml;
    const second = writer.add(vertex('2', { a: 'y' })).xml;
    const third = writer.add(vertex('3', { a: 5n })).xml;
    expect(first).toBe(
      '<key id="n0" for="node" attr.name="a" attr.type="string"/>\n' +
        '<node id="1"><data key="labelV">Event</data><data key="n0">x</data></node>\n',
    );
    expect(second).toBe('<node id="2"><data key="labelV">Event</data><data key="n0">y</data></node>\n');
    expect(third).toContain('<key id="n1" for="node" attr.name="a" attr.type="long"/>');
  });

  it('leaves to the upsert what XML cannot carry, and nothing else', () => {
    const writer = new GraphMlWriter();
    const part = writer.add(vertex('1', { good: 'x', bad: '\u0000', gone: null, 'bad\u0001': true }));
    expect(part.xml).toContain('>x<');
    expect(part.rest).toEqual(vertex('1', { bad: '\u0000', 'bad\u0001': true }));
    expect(writer.add(vertex('2', { good: 'x' })).rest).toBeUndefined();
    expect(writer.add(vertex('\u0002', {}))).toEqual({ xml: '', rest: vertex('\u0002', {}) });
  });
});

import type { Edge, GraphElement, Properties, PropertyValue, Vertex } from './elements';
import { doubleText } from './pg-json';

/** What XML 1.0 can carry: no control characters but tab and line ends, no lone surrogate, no U+FFFE and U+FFFF. */
const NOT_XML =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const MARKUP = /[&<>"\t\n\r]/;
/** The key's value that GraphMLReader takes for the label. */
const VERTEX_LABEL_KEY = 'labelV';
const EDGE_LABEL_KEY = 'labelE';

/** Whether XML 1.0 has a way to write the text. */
export function isXmlText(text: string): boolean {
  return !NOT_XML.test(text);
}

/** Text as XML content or attribute value; white space is written by number, since parsers normalise it. */
export function escapeXml(text: string): string {
  return MARKUP.test(text) ? text.replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`) : text;
}

export interface GraphMlPart {
  readonly xml: string;
  /** What the file cannot carry and has to be upserted after it was read. */
  readonly rest: GraphElement | undefined;
}

/**
 * Writes elements as the GraphML that TinkerPop's `io().read()` takes. Concatenate `header`, every part's `xml` and
 * `footer`. A key is declared right before the element that uses it first, which TinkerPop's streaming reader accepts
 * and which lets the file be written in one pass.
 */
export class GraphMlWriter {
  readonly header =
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n' +
    `<key id="${VERTEX_LABEL_KEY}" for="node" attr.name="${VERTEX_LABEL_KEY}" attr.type="string"/>\n` +
    `<key id="${EDGE_LABEL_KEY}" for="edge" attr.name="${EDGE_LABEL_KEY}" attr.type="string"/>\n` +
    '<graph id="G" edgedefault="directed">\n';
  readonly footer = '</graph>\n</graphml>\n';

  private readonly vertexKeys = new KeyTable('node');
  private readonly edgeKeys = new KeyTable('edge');

  add(element: GraphElement): GraphMlPart {
    return element.kind === 'vertex' ? this.vertex(element) : this.edge(element);
  }

  private vertex(vertex: Vertex): GraphMlPart {
    if (!isXmlText(vertex.id)) return { xml: '', rest: vertex };
    const data = propertiesXml(vertex.properties, this.vertexKeys);
    const xml = `${data.keys}<node id="${escapeXml(vertex.id)}"><data key="${VERTEX_LABEL_KEY}">${escapeXml(vertex.label)}</data>${data.xml}</node>\n`;
    return { xml, rest: data.rest && { ...vertex, properties: data.rest } };
  }

  private edge(edge: Edge): GraphMlPart {
    if (!isXmlText(edge.id) || !isXmlText(edge.from) || !isXmlText(edge.to)) return { xml: '', rest: edge };
    const data = propertiesXml(edge.properties, this.edgeKeys);
    const xml = `${data.keys}<edge id="${escapeXml(edge.id)}" source="${escapeXml(edge.from)}" target="${escapeXml(edge.to)}"><data key="${EDGE_LABEL_KEY}">${escapeXml(edge.label)}</data>${data.xml}</edge>\n`;
    return { xml, rest: data.rest && { ...edge, properties: data.rest } };
  }
}

interface PropertiesXml {
  keys: string;
  xml: string;
  rest: Properties | undefined;
}

function propertiesXml(properties: Properties, table: KeyTable): PropertiesXml {
  const result: PropertiesXml = { keys: '', xml: '', rest: undefined };
  for (const name in properties) {
    const value = properties[name]!;
    if (value === null) continue;
    if (!isXmlText(name) || (typeof value === 'string' && !isXmlText(value))) {
      result.rest = { ...result.rest, [name]: value };
      continue;
    }
    const key = table.get(name, typeof value);
    if (key.declaration !== undefined) {
      result.keys += key.declaration;
      key.declaration = undefined;
    }
    result.xml += `<data key="${key.id}">${valueXml(value)}</data>`;
  }
  return result;
}

function valueXml(value: Exclude<PropertyValue, null>): string {
  if (typeof value === 'string') return escapeXml(value);
  return typeof value === 'number' ? doubleText(value) : String(value);
}

interface Key {
  readonly id: string;
  declaration: string | undefined;
}

const XML_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'double',
  bigint: 'long',
  boolean: 'boolean',
};

/** GraphML's keys: one for each property name and type of an element kind. */
class KeyTable {
  private readonly byType = new Map<string, Map<string, Key>>();
  private count = 0;

  constructor(private readonly kind: 'node' | 'edge') {}

  get(name: string, type: string): Key {
    let names = this.byType.get(type);
    if (names === undefined) this.byType.set(type, (names = new Map()));
    let key = names.get(name);
    if (key === undefined) {
      const id = `${this.kind[0]}${this.count++}`;
      const declaration = `<key id="${id}" for="${this.kind}" attr.name="${escapeXml(name)}" attr.type="${XML_TYPES[type]}"/>\n`;
      names.set(name, (key = { id, declaration }));
    }
    return key;
  }
}

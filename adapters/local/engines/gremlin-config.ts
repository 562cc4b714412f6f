import { posix } from 'node:path';

export interface GremlinConfigOptions {
  readonly host: string;
  readonly port: number;
  /** Where the server finds the files. */
  readonly dir: string;
  /** A name under which the graph is served besides `g`, by which the server can be recognised. */
  readonly marker?: string;
}

const STRUCTURE = 'org.apache.tinkerpop.gremlin.tinkergraph.structure';
const SERVER = 'org.apache.tinkerpop.gremlin.server';
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;

/**
 * The configuration of a Gremlin Server as the hub needs it, file name to content; `gremlin-server.yaml` is the one to
 * start with. Ids are strings and properties sets by default, as in Neptune. Requests run one after the other, since
 * TinkerGraph takes no writes in parallel.
 */
export function gremlinConfig(options: GremlinConfigOptions): Readonly<Record<string, string>> {
  return {
    'gremlin-server.yaml': serverYaml(options),
    'graph.properties': GRAPH_PROPERTIES,
    'init.groovy': initScript(options.marker),
  };
}

const GRAPH_PROPERTIES = `gremlin.graph=${STRUCTURE}.TinkerGraph
gremlin.tinkergraph.vertexIdManager=ANY
gremlin.tinkergraph.edgeIdManager=ANY
gremlin.tinkergraph.defaultVertexPropertyCardinality=set
`;

function initScript(marker: string | undefined): string {
  const names = marker === undefined ? ['g'] : ['g', marker];
  return `[${names.map((name) => `${name}: traversal().withEmbedded(graph)`).join(', ')}]\n`;
}

function serverYaml({ host, port, dir }: GremlinConfigOptions): string {
  const file = (name: string) => `'${posix.join(dir.replaceAll('\\', '/'), name).replaceAll("'", "''")}'`;
  return `host: ${host}
port: ${port}
gremlinPool: 1
evaluationTimeout: 60000
resultIterationBatchSize: 1000
maxContentLength: ${MAX_CONTENT_BYTES}
channelizer: ${SERVER}.channel.WebSocketChannelizer
graphs: { graph: ${file('graph.properties')} }
scriptEngines:
  gremlin-groovy:
    plugins:
      ${SERVER}.jsr223.GremlinServerGremlinPlugin: {}
      org.apache.tinkerpop.gremlin.tinkergraph.jsr223.TinkerGraphGremlinPlugin: {}
      org.apache.tinkerpop.gremlin.jsr223.ScriptFileGremlinPlugin: { files: [${file('init.groovy')}] }
serializers:
  - className: org.apache.tinkerpop.gremlin.util.ser.GraphBinaryMessageSerializerV1
    config: { ioRegistries: [${STRUCTURE}.TinkerIoRegistryV3] }
  - className: org.apache.tinkerpop.gremlin.util.ser.GraphSONMessageSerializerV3
    config: { ioRegistries: [${STRUCTURE}.TinkerIoRegistryV3] }
`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { gremlinConfig } from '../../../adapters/local/engines/gremlin-config';
import { COMPOSE_TRAVERSAL_SOURCE } from '../../../adapters/local/engines/gremlin-server';

const root = join(__dirname, '../../..');
const config = gremlinConfig({ host: '0.0.0.0', port: 8182, dir: '/hub', marker: COMPOSE_TRAVERSAL_SOURCE });

describe('gremlinConfig', () => {
  it.each(Object.keys(config))('is what docker-compose.yml mounts: %s', (name) => {
    expect(readFileSync(join(root, 'docker/gremlin', name), 'utf8')).toBe(config[name]);
  });

  it('is YAML with one request at a time', () => {
    expect(parse(config['gremlin-server.yaml']!)).toMatchObject({ host: '0.0.0.0', port: 8182, gremlinPool: 1 });
  });

  it('quotes folders with blanks', () => {
    const { 'gremlin-server.yaml': yaml } = gremlinConfig({ host: 'h', port: 1, dir: `/my "hub's": folder` });
    expect(parse(yaml!)).toMatchObject({ graphs: { graph: `/my "hub's": folder/graph.properties` } });
  });

  it('serves no marker unless asked to', () => {
    expect(gremlinConfig({ host: 'h', port: 1, dir: '/d' })['init.groovy']).not.toContain(COMPOSE_TRAVERSAL_SOURCE);
  });
});

describe('docker-compose.yml', () => {
  const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
    services: Record<string, { image: string; ports: string[] }>;
  };

  it.each(Object.entries(compose.services))('pins %s and binds it to loopback only', (_, service) => {
    expect(service.image).toMatch(/:\d+\.\d+\.\d+$/);
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { generate } from 'selfsigned';
import { temporalSecurity, type TemporalSecurity } from '../../workers/temporal-connection';

/** What a cluster with TLS saw of a request. */
interface Seen {
  readonly authorization: string | undefined;
  readonly client: string | undefined;
}

type ClusterOptions = { readonly address: string } & TemporalSecurity;

let server: Http2SecureServer;
let seen: Seen[];
let certificates: Readonly<Record<'server' | 'client', { readonly private: string; readonly cert: string }>>;

/** A Temporal cluster behind TLS, as far as connecting goes: it knows nothing, and says so. */
beforeAll(async () => {
  const named = (name: string) =>
    generate([{ name: 'commonName', value: name }], {
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    });
  certificates = { server: await named('temporal.example'), client: await named('hub') };
  const { cert, private: key } = certificates.server;
  const ca = certificates.client.cert;
  server = createSecureServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false });
  server.on('stream', (stream, { authorization }) => {
    const peer = (stream.session!.socket as TLSSocket).getPeerCertificate();
    seen.push({ authorization, client: peer.subject?.CN as string | undefined });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.end(Buffer.alloc(5));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  seen = [];
});

const environment = (own: NodeJS.ProcessEnv) => ({
  TEMPORAL_TLS_SERVER_NAME: 'temporal.example',
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: certificates.server.cert,
  ...own,
});

describe.each([
  // A client tries for ten seconds unless it is told.
  ['a client', (options: ClusterOptions) => Connection.connect({ ...options, connectTimeout: 2_000 })],
  ['a worker', (options: ClusterOptions) => NativeConnection.connect(options)],
] as const)('%s', (_, connectTo) => {
  async function connect(own: NodeJS.ProcessEnv): Promise<void> {
    const { port } = server.address() as AddressInfo;
    const connection = await connectTo({ address: `127.0.0.1:${port}`, ...temporalSecurity(own) });
    await connection.close();
  }

  it('shows its key to a cluster whose certificate it knows', async () => {
    await connect(environment({ TEMPORAL_API_KEY: 'the key' }));
    expect(seen[0]).toEqual({ authorization: 'Bearer the key', client: undefined });
  });

  it('shows its own certificate', async () => {
    const { cert, private: key } = certificates.client;
    await connect(environment({ TEMPORAL_TLS_CLIENT_CERT_DATA: cert, TEMPORAL_TLS_CLIENT_KEY_DATA: key }));
    expect(seen[0]).toEqual({ authorization: undefined, client: 'hub' });
  });

  it('shows nothing to a cluster that it does not know', async () => {
    await expect(
      connect({ TEMPORAL_API_KEY: 'the key', TEMPORAL_TLS_SERVER_NAME: 'temporal.example' }),
    ).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});

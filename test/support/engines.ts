import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { process as traversals, driver } from 'gremlin';
import { startGremlinServer } from '../../adapters/local/engines/gremlin-server';
import type { GremlinServer } from '../../adapters/local/engines/gremlin-server';
import { engineUsed } from './used-engines';

/** Long enough to install an engine on a new machine. */
export const ENGINE_START_MS = 300_000;

export interface TestGremlin {
  readonly url: string;
  /** kill -9; the server comes back empty, and `back` resolves when it answers again. */
  kill(): { readonly back: Promise<void> };
  /** Takes all out of it, so that another graph folder may use it. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/** A Gremlin Server of its own for one test file. */
export async function startTestGremlin({ heapMb = 1_024 } = {}): Promise<TestGremlin> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-test-gremlin-'));
  let restarted: () => void = () => undefined;
  const server: GremlinServer = await startGremlinServer({
    dir,
    logFile: join(dir, 'gremlin.log'),
    port: 0,
    heapMb,
    // Tests kill it more often than any server ends by itself.
    maxRestarts: 100,
    onRestart: () => restarted(),
  });
  engineUsed('Gremlin Server');
  return {
    url: server.url,
    kill: () => {
      const back = new Promise<void>((resolve) => (restarted = resolve));
      process.kill(server.process.pid!, 'SIGKILL');
      return { back };
    },
    empty: async () => {
      const connection = new driver.DriverRemoteConnection(server.url);
      await traversals.AnonymousTraversalSource.traversal().withRemote(connection).V().drop().iterate();
      await connection.close();
    },
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOOPBACK, freePort } from '../../adapters/local/engines/ports';
import { SupervisedProcess } from '../../adapters/local/engines/supervised-process';
import { pipPackages } from '../support/pip-packages';
import { engineUsed } from '../support/used-engines';

const VERSION = '5.2.5';
const READY_MS = 60_000;
const PROBE_MS = 5_000;

export interface MotoServer {
  readonly url: string;
  /** Forgets everything that was ever stored. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Moto: S3, DynamoDB, SageMaker's control plane, Glue, Kinesis and more, in memory, with the services' own protocols.
 * It looks at no signature, and asks no policy. Throws `ENGINE_MISSING`, `ENGINE_START_FAILED`.
 */
export async function startMoto(): Promise<MotoServer> {
  const home = await motoFolder();
  const dir = await mkdtemp(join(tmpdir(), 'hub-test-moto-'));
  const port = await freePort();
  const url = `http://${LOOPBACK}:${port}`;
  engineUsed('Moto');
  const process = await SupervisedProcess.start(
    {
      name: 'Moto',
      command: 'env',
      args: [`PYTHONPATH=${home}`, `MOTO_PORT=${port}`, 'python3', '-c', SERVER, String(port)],
      cwd: dir,
      logFile: join(dir, 'moto.log'),
      recordFile: join(dir, 'moto.process.json'),
      probe: () => ask(`${url}/moto-api/data.json`, 'GET'),
      readyWithinMs: READY_MS,
      graceMs: 500,
    },
    { maxRestarts: 0 },
  );
  return {
    url,
    reset: () => ask(`${url}/moto-api/reset`, 'POST'),
    stop: async () => {
      await process.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * Moto looks and writes in two steps; one request after the other, what S3 and DynamoDB promise of writers at the same
 * time holds. And of a shard that is split or merged it moves the records and forgets that it has an end, which Kinesis does
 * not: there records stay, and a closed shard takes no more of them.
 */
const SERVER = `
import io, sys, threading
from collections import OrderedDict
from moto.kinesis import models as kinesis
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

class Quiet(MotoRequestHandler):
    def log_request(self, *args):
        pass

def keeping_records(reshard):
    def kept(self, *args):
        records = {id: shard.records for id, shard in self.shards.items()}
        for shard in self.shards.values():
            shard.records = OrderedDict()
        reshard(self, *args)
        for id, own in records.items():
            self.shards[id].records = own
    return kept

def among_open(find):
    def found(self, *args):
        shards = self.shards
        self.shards = {id: shard for id, shard in shards.items() if shard.is_open}
        try:
            return find(self, *args)
        finally:
            self.shards = shards
    return found

def with_end(get_records):
    def got(self, stream_arn, shard_iterator, limit):
        next, records, behind = get_records(self, stream_arn, shard_iterator, limit)
        name, shard_id, last = kinesis.decompose_shard_iterator(next)
        shard = self.describe_stream(stream_arn=stream_arn, stream_name=name).get_shard(shard_id)
        is_end = not shard.is_open and int(last) >= shard.get_max_sequence_number()
        return None if is_end else next, records, behind
    return got

kinesis.Stream.split_shard = keeping_records(kinesis.Stream.split_shard)
kinesis.Stream.merge_shards = keeping_records(kinesis.Stream.merge_shards)
kinesis.Stream.get_shard_for_key = among_open(kinesis.Stream.get_shard_for_key)
kinesis.KinesisBackend.get_records = with_end(kinesis.KinesisBackend.get_records)

app = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()

def one_by_one(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    with turn:
        return list(app(environ, start_response))

run_simple("${LOOPBACK}", int(sys.argv[1]), one_by_one, threaded=True, request_handler=Quiet)
`;

async function ask(url: string, method: string): Promise<void> {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(PROBE_MS) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

function motoFolder(): Promise<string> {
  return pipPackages('moto', VERSION, [`moto[server]==${VERSION}`]);
}

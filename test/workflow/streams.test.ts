import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { HUB_QUEUE } from '../../core/task-queues';
import type { Source } from '../../schemas/source';
import { announceSegment, followStreams, streamFollowerOf } from '../../starters/start/follow-streams';
import type { StreamProgress } from '../../workflows/streams';
import { withFakeHub } from '../support/fake-hub';
import { bundleWorkflows, startTestTemporal } from '../support/temporal';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  [environment, bundle] = await Promise.all([startTestTemporal(), bundleWorkflows()]);
}, 60_000);
afterAll(() => environment?.teardown());

const streamed = { name: 'web', stream: { kinesis: 'clicks', from: 'oldest' } } as Source;
const hubOf = (sources: readonly Source[]) => ({ sources, settings: { timezone: 'UTC' } });
const follower = () => environment.client.workflow.getHandle(streamFollowerOf('web'));
const progress = () => follower().query<StreamProgress>('progress');

async function until(isSo: (seen: StreamProgress) => boolean): Promise<StreamProgress> {
  for (;;) {
    const seen = await progress();
    if (isSo(seen)) return seen;
  }
}

/** While there is a worker that hears of it. */
async function end(): Promise<void> {
  await follower().cancel();
  await expect(follower().result()).rejects.toThrow('cancelled');
}

it('a stream is followed once, whoever asks: what is pulled lands, is loaded, and adds up', async () => {
  await withFakeHub(environment, bundle, async ({ calls }) => {
    const files = { name: 'crm' } as Source;
    expect(await followStreams(environment.client, hubOf([streamed, files]))).toEqual(['web']);
    expect(await followStreams(environment.client, hubOf([streamed]))).toEqual(['web']);
    const seen = await until(({ landed }) => landed >= 6);
    // What is pulled meanwhile waits for the next landing.
    expect(calls.filter((call) => call !== 'pull web').slice(0, 4)).toEqual(['list web', 'load', 'list web', 'load']);
    expect(seen.records).toBe(5 * seen.shards);
    expect(seen).toMatchObject({ source: 'web', landed: 3 * seen.duplicates, quarantined: seen.duplicates });
    expect(seen.landingError).toBeUndefined();
    await end();
  });
});

it('what cannot land is told, holds up nothing, and lands with what comes next', async () => {
  await withFakeHub(environment, bundle, async ({ failures }) => {
    failures.set('web', 'the file is damaged');
    await followStreams(environment.client, hubOf([streamed]));
    expect(await until(({ landingError }) => landingError !== undefined)).toMatchObject({ landed: 0 });
    const before = await progress();
    expect((await until(({ records }) => records > before.records)).landingError).toContain('the file is damaged');
    failures.delete('web');
    expect((await until(({ landed }) => landed > 0)).landingError).toBeUndefined();
    await end();
  });
});

it('a stream that is another one is told from then on', async () => {
  await withFakeHub(environment, bundle, async ({ failures }) => {
    await followStreams(environment.client, hubOf([streamed]));
    expect((await until(({ records }) => records > 0)).note).toBeUndefined();
    failures.set('anew', 'made anew');
    await until(({ note }) => note === 'made anew');
    failures.delete('anew');
    const { records } = await progress();
    expect(await until((seen) => seen.records > records + 10)).toMatchObject({ note: 'made anew' });
    await end();
  });
});

it('a stream that cannot be read is told, and read from its place when it can', async () => {
  await withFakeHub(environment, bundle, async ({ failures }) => {
    failures.set('stream', 'there is no stream "clicks"');
    await followStreams(environment.client, hubOf([streamed]));
    const failing = await until(({ streamError }) => streamError !== undefined);
    expect(failing).toMatchObject({ records: 0, streamError: 'there is no stream "clicks"' });
    failures.delete('stream');
    await followStreams(environment.client, hubOf([streamed]));
    expect((await until(({ landed }) => landed > 0)).streamError).toBeUndefined();
    await end();
  });
});

it('the lake is vacuumed every hundred landings, also of several runs, which go on', async () => {
  await withFakeHub(environment, bundle, async ({ calls }) => {
    await environment.client.workflow.start('followStream', {
      workflowId: streamFollowerOf('web'),
      taskQueue: HUB_QUEUE,
      args: [{ source: 'web', landings: 98 }],
    });
    await until(() => calls.filter((call) => call === 'list web').length > 2);
    const seen = calls.filter((call) => call === 'list web' || call === 'vacuum');
    expect(seen.slice(0, 4)).toEqual(['list web', 'list web', 'vacuum', 'list web']);
    await end();
  });
});

describe('what is posted', () => {
  const posted = { name: 'web', stream: { cloudevents: ['urn:web'] } } as Source;
  const landed = () => follower().query<{ landed: number; landingError?: string }>('progress');

  it('lands when a segment is told of, once for those that are told of meanwhile', async () => {
    await withFakeHub(environment, bundle, async ({ calls, failures }) => {
      failures.set('web', 'the file is damaged');
      expect(await followStreams(environment.client, hubOf([posted]))).toEqual(['web']);
      while ((await landed()).landingError === undefined);
      expect(await landed()).toMatchObject({ landed: 0, landingError: expect.stringContaining('the file is damaged') });
      failures.delete('web');
      await announceSegment(environment.client, 'web', 'UTC');
      while ((await landed()).landed === 0);
      expect((await landed()).landingError).toBeUndefined();
      expect(calls.filter((call) => call.startsWith('pull'))).toEqual([]);
      await end();
    });
  });

  it('goes on in a new run, with what came meanwhile', async () => {
    await withFakeHub(environment, bundle, async ({ calls }) => {
      await environment.client.workflow.start('followPosted', {
        workflowId: streamFollowerOf('web'),
        taskQueue: HUB_QUEUE,
        args: [
          { source: 'web', totals: { landed: 40, duplicates: 2, quarantined: 1 }, landings: 99, waiting: '2026-02-01' },
        ],
      });
      while ((await landed()).landed <= 40);
      expect(await landed()).toMatchObject({ source: 'web', landed: 43, duplicates: 3, quarantined: 2 });
      while (!calls.includes('vacuum'));
      expect(calls.filter((call) => call === 'list web' || call === 'vacuum')).toEqual(['list web', 'vacuum']);
      await end();
    });
  });
});

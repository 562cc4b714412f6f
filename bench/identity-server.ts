import { print } from './measure';
import { PER_SECOND, withServedModel } from './model-server';
import { latencies } from './open-loop';
import { PEOPLE, withTrainedPeople } from './trained-people';

const NAME = 'identity-server';
const SECONDS = 15;
const WARM_UP_S = 2;

/**
 * The model server with a million records, on one core where `taskset` can give it one, asked 200 times a second whatever
 * it does (open loop: a slow answer does not hold up the next question). Latencies count from when a question was due.
 */
export async function identityServerBench(): Promise<void> {
  await withTrainedPeople(NAME, async ({ model, profiles }) => {
    await withServedModel(model, async (served) => {
      const questions = profiles.map((profile) => ({ profile }));
      await served.ask(questions, WARM_UP_S);
      const answers = await served.ask(questions, SECONDS);
      print({
        bench: NAME,
        tool: 'hub',
        records: PEOPLE - profiles.length,
        one_core: served.onOneCore,
        per_second: PER_SECOND,
        seconds: SECONDS,
        start_s: served.startS,
        ...latencies(answers),
        failed: answers.filter(({ status }) => status !== 200).length,
        resolved: answers.filter(({ body }) => typeof body['customerId'] === 'string').length / answers.length,
        rss_mb: await served.rssMb(),
      });
    });
  });
}

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AskedThread } from '../../adapters/local/threads/asked-thread';
import { builtScript } from '../../adapters/local/threads/built-script';

interface Question {
  readonly waits?: boolean;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-test-asked-thread-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A thread that leaves a file once it has begun, one for every question that was given up, and one before it ends. */
async function threadOf(
  name: string,
): Promise<{ thread: AskedThread<Question, string>; left: (what: string) => boolean }> {
  const at = (what: string) => join(folder, `${name}-${what}`);
  const script = at('thread.js');
  await writeFile(
    script,
    `const { writeFileSync } = require('node:fs');
const { answerQuestions } = require(${JSON.stringify(builtScript('threads/asked-thread'))});
const leave = (what) => writeFileSync(${JSON.stringify(at(''))} + what, '');
const until = performance.now() + 200;
while (performance.now() < until);
leave('begun');
answerQuestions(async ({ waits }, signal) => {
  if (!waits) return 'answer';
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  leave('given-up');
  throw new Error('nobody waits');
}, () => leave('freed'));
`,
  );
  const options = { script, workerData: undefined, title: 'tests', endedCode: 'TEST_ENDED' };
  return { thread: new AskedThread(options), left: (what) => existsSync(at(what)) };
}

it('that is closed while it begins is let begin, since a native library may be half loaded', async () => {
  const { thread, left } = await threadOf('beginning');
  const asked = thread.ask({ waits: true });
  const refused = expect(asked).rejects.toThrow('nobody waits');
  await thread.close();
  await refused;
  expect([left('begun'), left('given-up'), left('freed')]).toEqual([true, true, true]);
});

it('gives up what it is asked when it is closed, frees what it holds, and begins again when it is asked again', async () => {
  const { thread, left } = await threadOf('closed');
  expect(await thread.ask({})).toBe('answer');
  const refused = expect(thread.ask({ waits: true })).rejects.toThrow('nobody waits');
  await Promise.all([thread.close(), thread.close()]);
  await refused;
  expect([left('given-up'), left('freed')]).toEqual([true, true]);
  expect(await thread.ask({})).toBe('answer');
  await thread.close();
});

import { parentPort, workerData } from 'node:worker_threads';
import { HubError } from '../../../core/errors';
import { linkageTasks } from '../../../core/identity/linkage-tasks';
import { toMessage } from './thread-errors';
import type { CrewReply, CrewRequest, CrewThreadData } from './crew-messages';
import { takeTasks } from './take-tasks';

const tasks = new Map(linkageTasks.map((task) => [task.name, task]));

/** A thread behind `ThreadCrew`: it helps with one batch after the other. */
function main(): void {
  if (parentPort === null) throw new Error('crew-thread runs as a worker thread only');
  const port = parentPort;
  const { thread } = workerData as CrewThreadData;
  const reply = (message: CrewReply) => port.postMessage(message);
  port.on('message', ({ task: name, inputs, next }: CrewRequest) => {
    try {
      const task = tasks.get(name);
      if (task === undefined) throw new HubError('NOT_BUILT', `threads know no task "${name}"; run npm run build`);
      reply({ outputs: takeTasks({ task, inputs }, next, thread) });
    } catch (error) {
      reply({ error: toMessage(error) });
    }
  });
}

main();

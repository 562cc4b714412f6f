import { workerData } from 'node:worker_threads';
import type { ProfileAnswer, ProfileQuestion } from '../../../schemas/model-server';
import { answerQuestions } from '../threads/asked-thread';
import { LocalProfileDesk } from './local-profile-desk';
import { writtenAt } from './model-folder';

export interface ProfileDeskThreadData {
  readonly folder: string;
}

interface OpenDesk {
  readonly writtenAt: number | undefined;
  readonly desk: Promise<LocalProfileDesk>;
}

/** The thread behind `ThreadedProfileDesk`: it reads model and index again whenever a resolution has kept others. */
const { folder } = workerData as ProfileDeskThreadData;
let open: OpenDesk | undefined;

async function newestDesk(): Promise<LocalProfileDesk> {
  const now = await writtenAt(folder);
  if (open === undefined || open.writtenAt !== now) {
    const last = open;
    open = { writtenAt: now, desk: LocalProfileDesk.open(folder) };
    // What could not be read is tried again by the next question.
    open.desk.catch(() => (open = undefined));
    void last?.desk.then((desk) => desk.close());
  }
  return open.desk;
}

answerQuestions<ProfileQuestion, ProfileAnswer>(async (question) => (await newestDesk()).resolve(question));

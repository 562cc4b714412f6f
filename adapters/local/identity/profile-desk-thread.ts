import { workerData } from 'node:worker_threads';
import type { ProfileAnswer, ProfileQuestion } from '../../../schemas/model-server';
import { answerQuestions } from '../threads/asked-thread';
import { LocalProfileDesk } from './local-profile-desk';
import { writtenAt } from './model-folder';
import { NewestProfileDesk } from './newest-profile-desk';

export interface ProfileDeskThreadData {
  readonly folder: string;
}

/** The thread behind `ThreadedProfileDesk`. */
const { folder } = workerData as ProfileDeskThreadData;
const desk = new NewestProfileDesk({
  writtenAt: () => writtenAt(folder),
  open: () => LocalProfileDesk.open(folder),
});

answerQuestions<ProfileQuestion, ProfileAnswer>((question) => desk.resolve(question));

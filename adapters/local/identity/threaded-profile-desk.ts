import type { ProfileDesk } from '../../../ports/profile-desk';
import type { ProfileAnswer, ProfileQuestion } from '../../../schemas/model-server';
import { AskedThread } from '../threads/asked-thread';
import { builtScript } from '../threads/built-script';
import type { ProfileDeskThreadData } from './profile-desk-thread';

/** The model server's desk in a thread of its own, over the model and the index that resolutions of the hub keep. */
export class ThreadedProfileDesk implements ProfileDesk {
  private readonly thread: AskedThread<ProfileQuestion, ProfileAnswer>;

  /** @param folder of the model; there may be none yet */
  constructor(folder: string) {
    const workerData: ProfileDeskThreadData = { folder };
    this.thread = new AskedThread({
      script: builtScript('identity/profile-desk-thread'),
      workerData,
      title: 'whose profiles are',
      endedCode: 'MODEL_UNAVAILABLE',
    });
  }

  resolve(question: ProfileQuestion): Promise<ProfileAnswer> {
    return this.thread.ask(question);
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}

import type { ProfileDesk } from '../../../ports/profile-desk';
import type { ProfileAnswer, ProfileQuestion } from '../../../schemas/model-server';

/** A desk over what is kept in a folder. */
export interface ClosableDesk extends ProfileDesk {
  close(): Promise<void>;
}

export interface NewestDeskRoom {
  /** When what it answers from was last written; undefined where there is nothing. */
  readonly writtenAt: () => Promise<number | undefined>;
  readonly open: () => Promise<ClosableDesk>;
}

interface OpenDesk {
  readonly writtenAt: number | undefined;
  readonly desk: Promise<ClosableDesk>;
  /** Questions that it has still to answer. */
  asked: number;
}

/** Answers from what was written last: it is read again whenever a resolution has kept something else. */
export class NewestProfileDesk implements ProfileDesk {
  private current: OpenDesk | undefined;

  constructor(private readonly room: NewestDeskRoom) {}

  async resolve(question: ProfileQuestion): Promise<ProfileAnswer> {
    const writtenAt = await this.room.writtenAt();
    const own = this.deskOf(writtenAt);
    own.asked++;
    try {
      return await (await own.desk).resolve(question);
    } finally {
      own.asked--;
      this.closeUnused(own);
    }
  }

  private deskOf(writtenAt: number | undefined): OpenDesk {
    const last = this.current;
    if (last !== undefined && last.writtenAt === writtenAt) return last;
    const own: OpenDesk = { writtenAt, desk: this.openWhole(writtenAt), asked: 0 };
    this.current = own;
    if (last !== undefined) this.closeUnused(last);
    // What could not be read is tried again by the next question.
    own.desk.catch(() => {
      if (this.current === own) this.current = undefined;
    });
    return own;
  }

  /** What is put in the place of another while it is read is read again. */
  private async openWhole(writtenAt: number | undefined): Promise<ClosableDesk> {
    try {
      return await this.room.open();
    } catch (error) {
      const now = await this.room.writtenAt();
      if (now === writtenAt) throw error;
      return this.openWhole(now);
    }
  }

  private closeUnused(desk: OpenDesk): void {
    if (desk === this.current || desk.asked > 0) return;
    void desk.desk.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }
}

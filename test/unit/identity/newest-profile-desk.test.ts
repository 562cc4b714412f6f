import { NewestProfileDesk, type ClosableDesk } from '../../../adapters/local/identity/newest-profile-desk';
import type { ProfileAnswer, ProfileQuestion } from '../../../schemas/model-server';

const question: ProfileQuestion = { profile: {}, method: 'probabilistic' };

/** A desk that answers with its name when it is told to, and with an error when it was closed before. */
class NamedDesk implements ClosableDesk {
  isClosed = false;
  private readonly answering: (() => void)[] = [];

  constructor(private readonly name: string) {}

  resolve(): Promise<ProfileAnswer> {
    const answer = { method: 'probabilistic', customerId: this.name, probability: 1, evidence: [] } as const;
    return new Promise((resolve, reject) =>
      this.answering.push(() => (this.isClosed ? reject(new Error(`${this.name} is closed`)) : resolve(answer))),
    );
  }

  answer(): void {
    for (const answer of this.answering.splice(0)) answer();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** Lets everything go on that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('a desk is closed when all are answered who asked it, and not before', async () => {
  const desks = [new NamedDesk('old'), new NamedDesk('new')] as const;
  let writtenAt = 0;
  const newest = new NewestProfileDesk({
    writtenAt: () => Promise.resolve(writtenAt),
    open: () => Promise.resolve(desks[writtenAt]!),
  });
  const first = newest.resolve(question);
  await settle();
  writtenAt = 1;
  const second = newest.resolve(question);
  await settle();
  expect(desks[0].isClosed).toBe(false);
  for (const desk of desks) desk.answer();
  expect([(await first).customerId, (await second).customerId]).toEqual(['old', 'new']);
  await settle();
  expect(desks.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

it('what is put in the place of another while it is read is read again', async () => {
  const desk = new NamedDesk('new');
  let writtenAt: number | undefined = 0;
  const newest = new NewestProfileDesk({
    writtenAt: () => Promise.resolve(writtenAt),
    open: () => {
      if (writtenAt === 1) return Promise.resolve(desk);
      writtenAt = writtenAt === 0 ? undefined : 1;
      return Promise.reject(new Error('half of it is gone'));
    },
  });
  const asked = newest.resolve(question);
  await settle();
  desk.answer();
  expect((await asked).customerId).toBe('new');
});

it('what cannot be read fails everybody who waits for it, and is tried again by the next question', async () => {
  const desk = new NamedDesk('whole');
  let isBroken = true;
  const open = () => (isBroken ? Promise.reject(new Error('broken')) : Promise.resolve(desk));
  const newest = new NewestProfileDesk({ writtenAt: () => Promise.resolve(0), open });
  const outcomes = await Promise.allSettled([newest.resolve(question), newest.resolve(question)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  const asked = newest.resolve(question);
  await settle();
  desk.answer();
  expect((await asked).customerId).toBe('whole');
});

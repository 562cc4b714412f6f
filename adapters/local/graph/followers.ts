import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeedPosition } from '../../../ports/change-feed';
import { replaceFile } from '../replace-file';

/** For how long nothing is thrown away for the sake of a follower that is not heard of, as Neptune Streams has it. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

const ENDING = '.json';

/** How far those who follow the change log are: what they have not read yet stays. */
export class Followers {
  private constructor(private readonly folder: string) {}

  static async open(dir: string): Promise<Followers> {
    const folder = join(dir, 'followers');
    await mkdir(folder, { recursive: true });
    return new Followers(folder);
  }

  /** Notes that a follower has done with everything up to a position. */
  async note(follower: string, { commitNum, opNum }: FeedPosition): Promise<void> {
    await replaceFile(join(this.folder, `${follower}${ENDING}`), JSON.stringify({ commitNum, opNum }));
  }

  /**
   * The last commit that nobody needs any more; infinite where nobody follows.
   *
   * @param now epoch milliseconds
   */
  async doneBy(now: number): Promise<number> {
    let least = Infinity;
    for (const name of (await readdir(this.folder)).filter((file) => file.endsWith(ENDING))) {
      const path = join(this.folder, name);
      if (now - (await stat(path)).mtimeMs > KEPT_MS) continue;
      const { commitNum, opNum } = JSON.parse(await readFile(path, 'utf8')) as FeedPosition;
      least = Math.min(least, opNum === Number.MAX_SAFE_INTEGER ? commitNum : commitNum - 1);
    }
    return least;
  }
}

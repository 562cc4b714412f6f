import type { OnSegment, SegmentLog } from '../../ports/segment-log';

export interface SegmentLogUnderTest {
  open(options: { readonly onSegment: OnSegment; readonly mostPendingBytes?: number }): SegmentLog;
  /** The lines of all segments of a source that can land. */
  lines(source: string): Promise<string[]>;
  /** Makes writing fail, until it is called. */
  breakDown(source: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const lineOf = (name: string) => Buffer.from(`${JSON.stringify({ name })}\n`);
const parsed = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as { name: string }).name).sort();

/** What every log of segments does. */
export function segmentLogContract(name: string, start: () => Promise<SegmentLogUnderTest>): void {
  describe(`${name}: segments`, () => {
    let under: SegmentLogUnderTest;
    let told: string[];
    beforeEach(async () => {
      under = await start();
      told = [];
    });
    afterEach(() => under.close());
    const onSegment = (source: string) => void told.push(source);

    it('keeps every line of all who give some at the same time, once, and tells of it', async () => {
      const log = under.open({ onSegment });
      const names = Array.from({ length: 500 }, (_, index) => `n${String(index).padStart(3, '0')}`);
      const source = (index: number) => (index % 2 === 0 ? 'app' : 'web');
      await Promise.all(names.map((each, index) => log.append(source(index), lineOf(each))));
      await log.close();
      expect(parsed(await under.lines('app'))).toEqual(names.filter((_, index) => index % 2 === 0));
      expect(parsed(await under.lines('web'))).toEqual(names.filter((_, index) => index % 2 === 1));
      expect(new Set(told)).toEqual(new Set(['app', 'web']));
    });

    it('refuses what would be more than may wait, and takes it when there is room', async () => {
      const log = under.open({ onSegment, mostPendingBytes: 100 });
      const large = Buffer.from(`${JSON.stringify({ name: 'x'.repeat(60) })}\n`);
      const first = log.append('app', large);
      await expect(log.append('app', large)).rejects.toMatchObject({ code: 'INGEST_BUSY', retryable: true });
      await first;
      await log.append('app', large);
      await log.close();
      expect(await under.lines('app')).toHaveLength(2);
    });

    it('takes a single one that is larger than what may wait', async () => {
      const log = under.open({ onSegment, mostPendingBytes: 10 });
      await log.append('app', lineOf('a name that is longer'));
      await log.close();
      expect(await under.lines('app')).toHaveLength(1);
    });

    it('says that it kept nothing where it cannot write, and goes on when it can', async () => {
      const log = under.open({ onSegment });
      const repair = await under.breakDown('app');
      await expect(log.append('app', lineOf('lost'))).rejects.toMatchObject({ code: 'LANDING_UNAVAILABLE' });
      await repair();
      await log.append('app', lineOf('kept'));
      await log.close();
      expect(parsed(await under.lines('app'))).toEqual(['kept']);
    });
  });
}

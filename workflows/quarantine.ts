import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { io, quick } from './activities';
import type { QuarantinePlace, RedriveCounts } from '../activities/quarantine';
import type { Asked } from '../activities/questions';
import type { QuarantineAnswer, QuarantineRows, QuarantineRowsInput, RedriveInput } from '../schemas/quarantine';
import { report } from './report';
import { searchAttributes } from './search-attributes';

/** Has what was refused of a source read again by its mapping as it is now; the next night takes what landed further. */
export async function redriveQuarantine(input: RedriveInput): Promise<RedriveCounts> {
  const { startTime } = workflowInfo();
  upsertSearchAttributes(searchAttributes('ingest', undefined, input.source));
  let sum: RedriveCounts = { read: 0, landed: 0, duplicates: 0, quarantined: 0 };
  let after: QuarantinePlace | undefined;
  do {
    const pass = await io.redriveRows({ input, startedAt: startTime.getTime(), ...(after && { after }) });
    sum = {
      read: sum.read + pass.read,
      landed: sum.landed + pass.landed,
      duplicates: sum.duplicates + pass.duplicates,
      quarantined: sum.quarantined + pass.quarantined,
    };
    after = pass.after;
    report(
      `${sum.read} rows read again: ${sum.landed} landed, ${sum.duplicates} duplicates, ${sum.quarantined} still bad`,
    );
  } while (after !== undefined);
  return sum;
}

/** How much was refused of which source, and why. */
export async function quarantineSummary(asked: Asked<object>): Promise<QuarantineAnswer> {
  return quick.summariseQuarantine(asked);
}

/** Rows that were refused, a page at a time. */
export async function quarantinedRows(asked: Asked<QuarantineRowsInput>): Promise<QuarantineRows> {
  return quick.listQuarantine(asked);
}

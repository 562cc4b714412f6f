import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { StageProgress } from '../../core/progress/stages';
import { readProgress } from '../run-progress';

const POLL_MS = 400;
/** How long the server may be away before watching is given up. */
const SERVER_AWAY_MS = 60_000;

/**
 * Shows a nightly's stages with counts and rates on stderr until it ends: bars on a terminal, a line per finished stage
 * elsewhere.
 *
 * @throws the signal's reason when it fires: the night itself goes on
 */
export async function followNightly(client: Client, handle: WorkflowHandle, signal?: AbortSignal): Promise<void> {
  const view = process.stderr.isTTY ? new BarView() : new LineView();
  try {
    let lastContact = Date.now();
    for (;;) {
      try {
        const { status } = await handle.describe();
        lastContact = Date.now();
        const stages = await readProgress(client, handle).catch(() => undefined);
        if (stages !== undefined) view.show(stages);
        if (status.name !== 'RUNNING') return;
      } catch (error) {
        // The night goes on when its server comes back.
        if (signal?.aborted || Date.now() - lastContact > SERVER_AWAY_MS) throw error;
      }
      await delay(POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  } finally {
    view.close();
  }
}

interface View {
  show(stages: readonly StageProgress[]): void;
  close(): void;
}

/** One bar a stage. */
class BarView implements View {
  private readonly bars = new Map<string, SingleBar>();
  private readonly multiBar = new MultiBar(
    { format: '{stage} {bar} {count}  {detail}', hideCursor: true, clearOnComplete: false, barsize: 24 },
    Presets.shades_classic,
  );

  show(stages: readonly StageProgress[]): void {
    for (const stage of stages) {
      const isDone = stage.status === 'done';
      const total = isDone ? 1 : (stage.total ?? 0) || 1;
      const done = isDone ? 1 : Math.min(stage.done, total);
      const texts = { stage: stage.stage.padEnd(9), count: countText(stage).padEnd(34), detail: stage.detail ?? '' };
      const bar = this.bars.get(stage.stage);
      if (bar === undefined) this.bars.set(stage.stage, this.multiBar.create(total, done, texts));
      else {
        bar.setTotal(total);
        bar.update(done, texts);
      }
    }
  }

  close(): void {
    this.multiBar.stop();
  }
}

/** A line when a stage ends, for logs. */
class LineView implements View {
  private readonly shown = new Set<string>();

  show(stages: readonly StageProgress[]): void {
    for (const stage of stages) {
      if ((stage.status !== 'done' && stage.status !== 'failed') || this.shown.has(stage.stage)) continue;
      this.shown.add(stage.stage);
      process.stderr.write(`${stage.stage.padEnd(9)} ${stage.status} ${countText(stage)} ${stage.detail ?? ''}\n`);
    }
  }

  close(): void {}
}

/** "12,345 rows, 6,789/s". */
function countText(stage: StageProgress): string {
  const { status, startedAt, endedAt, done, total, unit } = stage;
  if (status === 'waiting') return 'waiting';
  const seconds = ((endedAt ?? Date.now()) - (startedAt ?? Date.now())) / 1000;
  const count = total === undefined || status === 'done' ? number(done) : `${number(done)} of ${number(total)}`;
  const rate = seconds > 0.1 && done > 0 ? `, ${number(done / seconds)}/s` : '';
  return done === 0 && status === 'running' ? `${seconds.toFixed(0)} s` : `${count} ${unit}${rate}`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

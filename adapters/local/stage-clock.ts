/** Milliseconds by stage, and in all. */
export class StageClock {
  private readonly started = performance.now();
  private last = this.started;
  private readonly stages: Record<string, number> = {};

  finish(stage: string): void {
    const now = performance.now();
    this.stages[stage] = rounded(now - this.last);
    this.last = now;
  }

  timings(): Record<string, number> {
    return { ...this.stages, total: rounded(this.last - this.started) };
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

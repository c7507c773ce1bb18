/** What a session goes through, in this order. */
const ORDER = ['pass', 'reading', 'late-push', 'idle'] as const;
export type Stage = (typeof ORDER)[number];

/** Where a session is, and where the last one failed: failures count until what failed goes well. */
export class Stages {
  private now: Stage = 'pass';
  /** Of what failed before this worker began nobody knows where, so it is over when all has gone well. */
  private failedAt: Stage | null = 'idle';

  enter(stage: Stage): void {
    this.now = stage;
  }

  failed(): void {
    this.failedAt = this.now;
  }

  get isSound(): boolean {
    return this.failedAt === null;
  }

  /** True when this ends a failure: of the stage, or of an earlier one. */
  wentWell(stage: Stage): boolean {
    if (this.failedAt === null || ORDER.indexOf(stage) < ORDER.indexOf(this.failedAt)) return false;
    this.failedAt = null;
    return true;
  }
}

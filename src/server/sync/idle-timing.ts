import type { Change } from '../ports/session';

/** A new message that the server counts and does not show yet is looked for so much later, and then at the next pass (Q6). */
const LOOK_AGAIN_MS: readonly number[] = [2_000, 10_000, 30_000];
/** Shorter than this it was not IDLE. */
const HELD_MS = 500;
/** Looks in a row that a server may ask for without anything having changed. */
const MOST_IN_VAIN = 5;
const LONGEST_REST_MS = 30_000;

/** When to look at the inbox again, while a connection stays with it. */
export class IdleTiming {
  private behind = 0;
  private inVain = 0;

  /** @param found how much the look has found that is new, changed or gone */
  looked(found: number, isBehind: boolean): void {
    this.behind = isBehind ? this.behind + 1 : 0;
    if (found > 0) this.inVain = 0;
  }

  /** IDLE has ended after so many ms. @returns whether it was IDLE: it also ends at once, without having begun, when something has been heard before */
  held(ms: number, { kind }: Pick<Change, 'kind'>): boolean {
    const isSound = ms >= HELD_MS;
    // Whoever marks and moves mail here ends it, too.
    if (isSound) this.inVain = 0;
    else if (kind === 'changed') this.inVain += 1;
    return isSound;
  }

  /** How long IDLE may last, of what is left until the next pass. */
  longestMs(leftMs: number): number {
    return Math.min(leftMs, LOOK_AGAIN_MS[this.behind - 1] ?? leftMs);
  }

  /** How long to wait before IDLE: a server that says something whenever it begins, and has nothing, must not keep a node busy for ever. */
  restMs(): number {
    const more = this.inVain - MOST_IN_VAIN;
    return more <= 0 ? 0 : Math.min(LONGEST_REST_MS, 250 * 2 ** Math.min(more, 10));
  }
}

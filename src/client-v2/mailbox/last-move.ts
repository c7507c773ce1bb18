/** One move of the reader; how to take it back is known once its request is answered. */
interface Move {
  back: (() => void) | null;
  isWantedBack: boolean;
}

/** The last thing that the reader moved, and only that: what was moved before it is not offered any more. */
export class LastMove {
  private last: Move | null = null;

  begin(): Move {
    this.last = { back: null, isWantedBack: false };
    return this.last;
  }

  /**
   * The request for a move was answered. What was asked to be taken back meanwhile is taken back now.
   * @returns whether it can be offered: false when it was taken back, refused, or another move has begun since
   */
  answered(move: Move, back: () => void): boolean {
    if (move.isWantedBack) {
      back();
      return false;
    }
    move.back = back;
    return this.last === move;
  }

  /** @returns false when nothing is offered (any more) */
  takeBack(): boolean {
    const move = this.last;
    this.last = null;
    if (!move) return false;
    if (move.back) move.back();
    else move.isWantedBack = true;
    return true;
  }

  /** @param move only if it is still the last one; by default whichever is */
  forget(move: Move | null = this.last): void {
    if (this.last === move) this.last = null;
  }
}

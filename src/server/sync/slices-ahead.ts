/**
 * Slices one after the other, of which the next may be asked for before it is taken. However the loop over them ends, the source has ended when
 * it does: nothing of it is under way on the line any more.
 */
export class SlicesAhead<Slice> implements AsyncIterable<Slice> {
  private readonly source: AsyncIterator<Slice>;
  private coming: Promise<IteratorResult<Slice>> | null = null;

  constructor(slices: AsyncIterable<Slice>) {
    this.source = slices[Symbol.asyncIterator]();
  }

  /** Asks for the next one now. What goes wrong with it is told to whoever takes it. */
  ask(): void {
    if (this.coming) return;
    this.coming = this.source.next();
    this.coming.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Slice, void, undefined> {
    try {
      for (;;) {
        this.ask();
        const { coming } = this;
        this.coming = null;
        const next = (await coming) as IteratorResult<Slice>;
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // Waits for what was asked for; what that came to nobody wants to know any more.
      await this.coming?.catch(() => undefined);
      await this.source.return?.();
    }
  }
}

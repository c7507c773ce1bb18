const LONGEST_INSPECTED = 20_000;

export interface Line {
  readonly bytes: Buffer;
  readonly text: string;
  /** False for the rest of a command or response after a literal. */
  readonly isFirst: boolean;
  /** The line announces a literal (RFC 9051 §4.3). */
  readonly hasLiteral: boolean;
}

/** Splits an IMAP byte stream into lines and the literals between them. */
export class LineSplitter {
  private buffer: Buffer = Buffer.alloc(0);
  private literalLeft = 0;
  private isContinued = false;

  constructor(
    private readonly onLine: (line: Line) => void,
    private readonly onLiteral: (bytes: Buffer) => void,
  ) {}

  push(chunk: Buffer): void {
    this.buffer = this.buffer.length > 0 ? Buffer.concat([this.buffer, chunk]) : chunk;
    while (this.literalLeft > 0 ? this.takeLiteral() : this.takeLine());
  }

  private takeLiteral(): boolean {
    const size = Math.min(this.literalLeft, this.buffer.length);
    if (size === 0) return false;
    this.onLiteral(this.buffer.subarray(0, size));
    this.buffer = this.buffer.subarray(size);
    this.literalLeft -= size;
    return true;
  }

  private takeLine(): boolean {
    const end = this.buffer.indexOf(10);
    if (end < 0) return false;
    const bytes = this.buffer.subarray(0, end + 1);
    this.buffer = this.buffer.subarray(end + 1);
    const tail = bytes.toString('latin1', Math.max(0, bytes.length - 40));
    const literal = /\{(\d+)\+?\}\r?\n$/.exec(tail);
    const isFirst = !this.isContinued;
    this.isContinued = literal !== null;
    if (literal) this.literalLeft = Number(literal[1]);
    this.onLine({
      bytes,
      text: bytes.length <= LONGEST_INSPECTED ? bytes.toString('latin1') : tail,
      isFirst,
      hasLiteral: literal !== null,
    });
    return true;
  }
}

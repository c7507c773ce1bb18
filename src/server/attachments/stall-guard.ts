import { Transform, type TransformCallback } from 'node:stream';
import { MailError } from '../errors/mail-error';

/**
 * Passes bytes through and ends with `EMAIL_CONNECTION_LOST` when none has moved for `patienceMs`: a reader that stalls
 * would keep one of the few connections of its mailbox for as long as it likes.
 */
export class StallGuard extends Transform {
  private timer: NodeJS.Timeout;

  constructor(private readonly patienceMs: number) {
    super();
    this.timer = this.wind();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    clearTimeout(this.timer);
    this.timer = this.wind();
    done(null, chunk);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.timer);
    done(error);
  }

  private wind(): NodeJS.Timeout {
    return setTimeout(() => this.destroy(new MailError('EMAIL_CONNECTION_LOST')), this.patienceMs).unref();
  }
}

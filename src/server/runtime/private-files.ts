import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MAX_ATTACHMENTS_BYTES } from '../../shared/limits';
import { MailError } from '../errors/mail-error';
import type { PrivateFiles } from '../ports/outbox';

/** Files with random names in one folder outside `storage/uploads`, which the gateway would serve to anybody. */
export class FolderFiles implements PrivateFiles {
  constructor(private readonly folder: string) {}

  async save(content: Readable, limitBytes: number): Promise<{ file: string; sizeBytes: number }> {
    const file = randomUUID();
    let sizeBytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sizeBytes += chunk.length;
        done(
          sizeBytes > limitBytes
            ? new MailError('EMAIL_ATTACHMENTS_TOO_LARGE', { params: { limitMb: megabytes() } })
            : null,
          chunk,
        );
      },
    });
    try {
      await fs.promises.mkdir(this.folder, { recursive: true, mode: 0o700 });
      // Made before anything is read: a stream that fails at once would else make it after it was removed.
      const made = await fs.promises.open(this.pathOf(file), 'wx', 0o600);
      await pipeline(content, meter, made.createWriteStream());
    } catch (error) {
      // Also when it was never read: whoever made the stream waits for its end.
      content.destroy();
      await this.remove(file);
      throw error;
    }
    return { file, sizeBytes };
  }

  read(file: string): Promise<Buffer> {
    return fs.promises.readFile(this.pathOf(file));
  }

  async remove(file: string): Promise<void> {
    await fs.promises.rm(this.pathOf(file), { force: true });
  }

  private pathOf(file: string): string {
    if (!/^[0-9a-f-]{36}$/.test(file)) throw new MailError('EMAIL_ATTACHMENT_MISSING');
    return path.join(this.folder, file);
  }
}

function megabytes(): number {
  return MAX_ATTACHMENTS_BYTES / 1024 / 1024;
}

import { PassThrough, Readable, pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { StallGuard } from '../stall-guard';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('lets everything through to a reader that reads, however long it takes', async () => {
  const source = new PassThrough();
  const guarded = pipeline(source, new StallGuard(1_000), () => undefined);
  const read = text(guarded);
  for (let at = 0; at < 5; at += 1) {
    await wait(250);
    source.write('x');
  }
  source.end();
  expect(await read).toBe('xxxxx');
});

it('ends both sides when the reader stalls', async () => {
  const source = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(64 * 1024)));
  const ended = new Promise<Error | null | undefined>((resolve) => {
    pipeline(source, new StallGuard(80), resolve);
  });
  expect(await ended).toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  expect(source.destroyed).toBe(true);
});

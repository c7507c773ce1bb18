import { EventEmitter } from 'node:events';
import { MailError } from '../../../errors/mail-error';
import type { ImapClient } from '../client';
import { FolderWatch } from '../folder-watch';

/** A client whose IDLE lasts for ever. */
class IdleClient extends EventEmitter {
  usable = true;
  idling = 0;
  idle(): Promise<boolean> {
    this.idling += 1;
    return new Promise(() => undefined);
  }
}

const lost = (): MailError => new MailError('EMAIL_CONNECTION_LOST');
const open = () => {
  const client = new IdleClient();
  const watch = new FolderWatch(client as unknown as ImapClient);
  return { client, watch, wait: (stop = new AbortController()) => watch.wait(stop.signal, lost) };
};

it.each(['exists', 'expunge', 'flags'])('answers when the server says %s', async (event) => {
  const { client, wait } = open();
  setTimeout(() => client.emit(event, { seq: 3 }), 5);
  expect((await wait()).kind).toBe('changed');
});

it('knows what was said before IDLE began, and does not idle then', async () => {
  const { client, wait } = open();
  client.emit('flags', { seq: 4 });
  client.emit('flags', { seq: 2 });
  expect(await wait()).toEqual({ kind: 'changed', hints: [4, 2] });
  expect(client.idling).toBe(0);
});

it('gathers what comes at once into one change', async () => {
  const { client, wait } = open();
  setTimeout(() => [5, 6, 7].forEach((seq) => client.emit('flags', { seq })), 5);
  expect(await wait()).toEqual({ kind: 'changed', hints: [5, 6, 7] });
});

it('forgets what was said of the folder before it was selected anew', async () => {
  const { client, watch, wait } = open();
  client.emit('exists', {});
  watch.reset();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 5);
  expect(await wait(stop)).toEqual({ kind: 'aborted', hints: [] });
});

it('says that the line is lost, whether before or during IDLE', async () => {
  const before = open();
  before.client.usable = false;
  await expect(before.wait()).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  const during = open();
  setTimeout(() => during.client.emit('close'), 5);
  await expect(during.wait()).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
});

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

describe('on a server that says nothing', () => {
  const MINUTE_MS = 60_000;
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('IDLE is ended before 29 minutes, so that it is begun again (RFC 2177 §3)', async () => {
    const { wait } = open();
    const ended = jest.fn();
    const waiting = wait().then(ended);
    await jest.advanceTimersByTimeAsync(20 * MINUTE_MS);
    // Nor is it begun again all the time.
    expect(ended).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(9 * MINUTE_MS - 1);
    expect(ended).toHaveBeenCalledWith({ kind: 'changed', hints: [] });
    await waiting;
  });

  it('the time of an IDLE that has ended does nothing to the next one', async () => {
    const { client, wait } = open();
    const first = wait();
    await jest.advanceTimersByTimeAsync(15 * MINUTE_MS);
    client.emit('exists', {});
    await first;
    const ended = jest.fn();
    const waiting = wait().then(ended);
    await jest.advanceTimersByTimeAsync(14 * MINUTE_MS);
    expect(ended).not.toHaveBeenCalled();
    client.emit('exists', {});
    await jest.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledTimes(1);
    await waiting;
  });
});

import { EventEmitter } from 'node:events';
import type { ImapFlow, MailboxObject } from 'imapflow';
import { waitForChange } from '../wait-for-change';

/** A client whose SELECT ends when the test says so, and whose IDLE lasts for ever. */
class SlowClient extends EventEmitter {
  mailbox: Partial<MailboxObject> | false = false;
  usable = true;
  selected!: (exists: number) => void;

  mailboxOpen(path: string): Promise<Partial<MailboxObject>> {
    return new Promise((resolve) => {
      this.selected = (exists) => resolve((this.mailbox = { path, exists }));
    });
  }
  idle(): Promise<boolean> {
    return new Promise(() => undefined);
  }
}

const start = (client: SlowClient, signal: AbortSignal) =>
  waitForChange(client as unknown as ImapFlow, 'INBOX', signal);
const soon = () => new Promise((resolve) => setTimeout(resolve, 20, 'still waiting'));
const idling = async (client: SlowClient, stop = new AbortController()) => {
  const waiting = start(client, stop.signal);
  client.selected(3);
  await soon();
  return waiting;
};

describe('waitForChange', () => {
  it('ends at once when the signal fires while the folder is still being opened', async () => {
    const client = new SlowClient();
    const stop = new AbortController();
    const waiting = start(client, stop.signal);
    stop.abort();
    client.selected(3);
    expect(await Promise.race([waiting, soon()])).toBe('aborted');
  });

  it('says that the line is lost when it closed while the folder was being opened', async () => {
    const client = new SlowClient();
    const waiting = start(client, new AbortController().signal);
    client.usable = false;
    client.emit('close');
    client.selected(3);
    await expect(Promise.race([waiting, soon()])).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  });

  it.each([
    ['exists', 'new'],
    ['expunge', 'all'],
    ['flags', 'all'],
  ])('answers %s with a look for %s', async (event, expected) => {
    const client = new SlowClient();
    setTimeout(() => client.emit(event), 5);
    expect(await idling(client)).toBe(expected);
  });

  it('notices what came between the last look and its own', async () => {
    const client = new SlowClient();
    client.mailbox = { path: 'INBOX', exists: 2 };
    expect(await idling(client)).toBe('new');
  });

  it('leaves no listener behind', async () => {
    const client = new SlowClient();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 5);
    expect(await idling(client, stop)).toBe('aborted');
    expect(client.eventNames()).toEqual([]);
  });
});

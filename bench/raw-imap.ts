import type { FetchQueryObject, ImapFlow } from 'imapflow';
import { bareClient } from './bare-client';
import { timed, type Measured } from './report';

/** What the list of a mail program needs: flags, times, sizes, and the header fields that say who, what and which conversation. */
const HEAD = ['subject', 'from', 'to', 'cc', 'date', 'message-id', 'in-reply-to', 'references'];

/** What comes before the first mail in any program that knows more than one folder. */
const STATUS = { uidNext: true, uidValidity: true, messages: true, unseen: true };

/** How long it took to read a mailbox by nothing but imapflow, each time on a line of its own. */
export interface RawFetches {
  /** The newest 200 in one question. */
  readonly newest: Measured;
  /** The same 200, with the folders and their counts before, and headers asked for once the states are known. */
  readonly newestInOrder: Measured;
  /** What the list needs of all mails. */
  readonly listed: Measured;
  /** The same, with whole mails in place of their header fields. */
  readonly sources: Measured;
}

/** The same data as ours, kept nowhere: how fast a mailbox can be read at all. */
export async function rawFetches(port: number, user: string, accessToken: string): Promise<RawFetches> {
  const onLine = (work: (client: ImapFlow) => Promise<number>): Promise<Measured> =>
    timed(async () => {
      const client = await bareClient(port, user, accessToken, { disableAutoIdle: true });
      const count = await work(client);
      await client.logout();
      if (count === 0) throw new Error('nothing was fetched');
    });
  const inInbox = async (client: ImapFlow, range: (exists: number) => string, queries: FetchQueryObject[]) => {
    const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
    let count = 0;
    for (const query of queries) for await (const _ of client.fetch(range(exists), query)) count += 1;
    return count;
  };
  const states = { uid: true, flags: true, internalDate: true, size: true };
  const list = { ...states, headers: HEAD };
  const everything = (): string => '1:*';
  const newest = (exists: number): string => `${Math.max(1, exists - 199)}:*`;
  return {
    newest: await onLine((client) => inInbox(client, newest, [list])),
    newestInOrder: await onLine(async (client) => {
      await client.list({ statusQuery: STATUS });
      return inInbox(client, newest, [states, { uid: true, headers: HEAD }]);
    }),
    listed: await onLine((client) => inInbox(client, everything, [list])),
    sources: await onLine((client) => inInbox(client, everything, [{ ...states, source: true }])),
  };
}

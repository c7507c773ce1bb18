import { bareClient } from './bare-client';
import { timed, type Measured } from './report';

/** What the list of a mail program needs: flags, times, sizes, and the header fields that say who, what and which conversation. */
const HEAD = ['subject', 'from', 'to', 'cc', 'date', 'message-id', 'in-reply-to', 'references'];

/** The same data by nothing but imapflow, kept nowhere: how fast a mailbox can be read at all. */
export async function rawFetches(
  port: number,
  user: string,
  accessToken: string,
): Promise<Readonly<Record<'newest' | 'listed' | 'sources', Measured>>> {
  const fetchAll = (range: (exists: number) => string, query: object): Promise<Measured> =>
    timed(async () => {
      const client = await bareClient(port, user, accessToken, { disableAutoIdle: true });
      const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
      let count = 0;
      for await (const _ of client.fetch(range(exists), query)) count += 1;
      await client.logout();
      if (count === 0) throw new Error('nothing was fetched');
    });
  const list = { uid: true, flags: true, internalDate: true, size: true, headers: HEAD };
  return {
    newest: await fetchAll((exists) => `${Math.max(1, exists - 199)}:*`, list),
    listed: await fetchAll(() => '1:*', list),
    sources: await fetchAll(() => '1:*', { uid: true, source: true }),
  };
}

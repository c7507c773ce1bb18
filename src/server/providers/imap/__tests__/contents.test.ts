import type { FetchMessageObject } from 'imapflow';
import type { RemoteId } from '../../../mail/ids';
import type { ImapClient } from '../client';
import { fetchContents } from '../contents';

const ids = (count: number): RemoteId[] => Array.from({ length: count }, (_, at) => `1:${at + 1}` as RemoteId);

const LOST = Object.assign(new Error('Connection not available'), { code: 'NoConnection' });

/** Answers every FETCH with what it names, except those for which `fault` has something to say; keeps what was asked. */
function client(fault: (nth: number) => Error | null = () => null) {
  const asked: string[] = [];
  const fetchAll = async (range: string): Promise<FetchMessageObject[]> => {
    asked.push(range);
    const error = fault(asked.length);
    if (error) throw error;
    const [from, to = from] = range.split(':').map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => {
      const source = Buffer.from(`Subject: ${from + at}\r\n\r\nx`);
      return { seq: from + at, uid: from + at, size: source.length, source, bodyStructure: { type: 'text/plain' } };
    });
  };
  return { asked, client: { fetchAll, capabilities: new Map() } as unknown as ImapClient };
}

it('the next batch is on its way while one is worked on, and never more than one', async () => {
  const { asked, client: line } = client();
  const seen: number[] = [];
  let count = 0;
  for await (const content of fetchContents(line, ids(60))) {
    expect(content.kind).toBe('source');
    count += 1;
    if (count % 25 === 1) seen.push(asked.length);
  }
  expect([count, seen, asked]).toEqual([60, [2, 3, 3], ['1:25', '26:50', '51:60']]);
});

it('who stops in the middle hears nothing of what was on its way', async () => {
  const unheard: unknown[] = [];
  const note = (error: unknown): void => void unheard.push(error);
  process.on('unhandledRejection', note);
  const { client: line } = client((nth) => (nth === 2 ? LOST : null));
  for await (const _ of fetchContents(line, ids(60))) break;
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', note);
  expect(unheard).toEqual([]);
});

it('a line that drops at the batch that was on its way costs nothing of the one before', async () => {
  const { client: line } = client((nth) => (nth === 2 ? LOST : null));
  let count = 0;
  const read = async (): Promise<void> => {
    for await (const _ of fetchContents(line, ids(60))) count += 1;
  };
  await expect(read()).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  expect(count).toBe(25);
});

it('a batch that fails as a whole is asked for one by one, and the next comes as a whole', async () => {
  const { asked, client: line } = client((nth) => (nth === 1 ? new Error('NO') : null));
  let count = 0;
  for await (const _ of fetchContents(line, ids(27))) count += 1;
  expect([count, asked.length, asked.slice(0, 3)]).toEqual([27, 27, ['1:25', '26:27', '1']]);
});

it('of a large mail the text is asked for behind the batch that is on its way, which may lose the line', async () => {
  const asked: string[] = [];
  const large = Buffer.alloc(192 * 1024, 'x');
  const fetchAll = async (range: string, query: Record<string, unknown>): Promise<FetchMessageObject[]> => {
    asked.push(`${range} ${query.source ? 'whole' : 'text'}`);
    if (range.startsWith('2')) throw LOST;
    const bodyStructure = { type: 'text/plain', part: '1' };
    const bodyParts = new Map([['text', Buffer.from('hello')]]);
    return [{ seq: 1, uid: 1, size: 500_000, source: large, bodyStructure, bodyParts }];
  };
  const line = { fetchAll, fetch: fetchAll, capabilities: new Map() } as unknown as ImapClient;
  const kinds: string[] = [];
  const read = async (): Promise<void> => {
    for await (const content of fetchContents(line, ids(2), 1)) kinds.push(content.kind);
  };
  await expect(read()).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  expect([kinds, asked]).toEqual([['parts'], ['1 whole', '2 whole', '1 text']]);
});

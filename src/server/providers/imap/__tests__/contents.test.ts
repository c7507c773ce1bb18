import type { FetchMessageObject } from 'imapflow';
import type { RemoteId } from '../../../mail/ids';
import type { RemoteContent } from '../../../ports/session';
import type { ImapClient } from '../client';
import { fetchContents } from '../contents';

const ids = (count: number): RemoteId[] => Array.from({ length: count }, (_, at) => `1:${at + 1}` as RemoteId);

const LOST = Object.assign(new Error('Connection not available'), { code: 'NoConnection' });

/** Answers every FETCH with what it names, except those for which `fault` has something to say; keeps what was asked. */
function client(fault: (nth: number, range: string) => Error | null = () => null) {
  const asked: string[] = [];
  const fetchAll = async (range: string): Promise<FetchMessageObject[]> => {
    asked.push(range);
    const error = fault(asked.length, range);
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
  for await (const content of fetchContents(line, ids(60), 25)) {
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
  for await (const _ of fetchContents(line, ids(60), 25)) break;
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', note);
  expect(unheard).toEqual([]);
});

it('a line that drops at the batch that was on its way costs nothing of the one before', async () => {
  const { client: line } = client((nth) => (nth === 2 ? LOST : null));
  let count = 0;
  const read = async (): Promise<void> => {
    for await (const _ of fetchContents(line, ids(60), 25)) count += 1;
  };
  await expect(read()).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  expect(count).toBe(25);
});

it('a batch that fails as a whole is asked for in halves, so that one sick mail costs only itself its structure', async () => {
  const { asked, client: line } = client((_nth, range) => {
    const [from, to = from] = range.split(':').map(Number);
    return from <= 7 && 7 <= to && asked.filter((one) => one === '7').length < 2 ? new Error('NO') : null;
  });
  const bare: string[] = [];
  let count = 0;
  for await (const content of fetchContents(line, ids(27), 25)) {
    count += 1;
    if (content.kind === 'source' && content.parts === null) bare.push(content.id);
  }
  expect([count, bare]).toEqual([27, ['1:7']]);
  // About twice the logarithm of the batch, instead of each by itself.
  expect(asked.length).toBeLessThan(14);
});

it('of a large mail the text is asked for behind the batch that is on its way, which may lose the line', async () => {
  const asked: string[] = [];
  const large = Buffer.alloc(192 * 1024, 'x').fill('Subject: large\r\n\r\n', 0, 18);
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

describe('a mail whose header is longer than what is fetched of it', () => {
  const LONG = `Subject: long\r\n${`X-Field: ${'value '.repeat(8)}\r\n`.repeat(6_000)}`;

  /** A server with one mail, and what it was asked for. */
  function server(header: Buffer, more: (header: Buffer) => Buffer | false = (same) => same) {
    const asked: unknown[] = [];
    const fetchAll = async (_range: string, query: Record<string, unknown>): Promise<object[]> => {
      asked.push(query.bodyParts ?? 'whole');
      const [part] = (query.bodyParts ?? []) as { key: string; maxLength: number }[];
      if (part?.key === 'header') return [{ seq: 1, uid: 1, headers: more(header.subarray(0, part.maxLength)) }];
      if (part) return [{ seq: 1, uid: 1, bodyParts: new Map([[part.key, Buffer.from('The text')]]) }];
      const bodyStructure = { type: 'text/plain', part: '1', size: 10 };
      return [{ seq: 1, uid: 1, size: 3_000_000, source: header.subarray(0, 192 * 1024), bodyStructure }];
    };
    return { line: { fetchAll, capabilities: new Map() } as unknown as ImapClient, asked };
  }

  async function readOne(line: ImapClient): Promise<RemoteContent> {
    for await (const one of fetchContents(line, ids(1), 25)) return one;
    throw new Error('nothing came');
  }

  it('is read with its whole header, and its text', async () => {
    const header = Buffer.from(`${LONG}\r\n`);
    const { line, asked } = server(header);
    const content = await readOne(line);
    expect(content).toMatchObject({ kind: 'parts', header, texts: [Buffer.concat([header, Buffer.from('The text')])] });
    expect(asked).toEqual([
      'whole',
      [{ key: 'header', start: 0, maxLength: 512 * 1024 }],
      [{ key: 'text', start: 0, maxLength: 1024 * 1024 }],
    ]);
  });

  it.each([
    ['that ends nowhere', LONG],
    ['that ends behind half a megabyte', `${LONG.repeat(2)}\r\n`],
    ['of more lines than are read', `${'a:\r\n'.repeat(60_000)}\r\n`],
  ])('brings no text that is none, with a header %s', async (_name, header) => {
    const { line, asked } = server(Buffer.from(header));
    const content = await readOne(line);
    // Without its structure it says that it was not read in full.
    expect(content).toMatchObject({ kind: 'source', parts: null, isCut: true, sizeBytes: 3_000_000 });
    expect(asked).toHaveLength(2);
  });

  const REFUSED = Object.assign(new Error('Command failed'), { responseStatus: 'NO' });

  it.each<[string, () => false]>([
    ['says NIL to it', () => false],
    [
      'refuses it',
      () => {
        throw REFUSED;
      },
    ],
  ])('is read as far as it came where the server %s', async (_name, more) => {
    const content = await readOne(server(Buffer.from(`${LONG}\r\n`), more).line);
    expect(content).toMatchObject({ kind: 'source', parts: null, isCut: true });
  });
});

import { remoteId } from '../../../mail/ids';
import type { ImapClient } from '../client';
import { fetchHeads } from '../heads';

async function asked(...capabilities: string[]): Promise<{ query: Record<string, unknown>; threadId: unknown }> {
  let query: Record<string, unknown> = {};
  const client = {
    capabilities: new Map(capabilities.map((name) => [name, true])),
    fetch: async function* (_set: string, wanted: Record<string, unknown>) {
      query = wanted;
      yield { uid: 1, size: 1, headers: Buffer.from('\r\n'), ...(wanted.threadId ? { threadId: '77' } : {}) };
    },
  } as unknown as ImapClient;
  for await (const head of fetchHeads(client, [remoteId('1', 1)])) return { query, threadId: head.threadId };
  throw new Error('no head');
}

it('X-GM-THRID is asked for where the server has it', async () => {
  expect(await asked('X-GM-EXT-1')).toMatchObject({ query: { threadId: true }, threadId: '77' });
});

it('THREADID, which may be made of subjects, is not', async () => {
  for (const capabilities of [[], ['OBJECTID'], ['OBJECTID', 'X-GM-EXT-1']])
    expect((await asked(...capabilities)).query).not.toHaveProperty('threadId');
});

it('Thread-Index is among the header fields', async () => {
  expect((await asked()).query.headers).toContain('thread-index');
});

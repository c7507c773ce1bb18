import { setTimeout as later } from 'node:timers/promises';
import { MailError } from '../../errors/mail-error';
import { parseContent, parseHead } from '../../messages/parse-message';
import type { MailParser } from '../../ports/mail-parser';
import type { MailboxSession } from '../../ports/session';
import type { MessageStore } from '../../ports/stores';
import { deepenFolder } from '../deepen-folder';
import { folder, sessionWith, shallowFolder } from './deepen-world';

/** A parser elsewhere: it answers later, the last first, and counts how many wait. */
function elsewhere(refused: readonly string[] = []) {
  const seen = { most: 0, asked: 0 };
  let waiting = 0;
  const answered = async <T>(subject: string, parse: () => Promise<T>): Promise<T> => {
    seen.most = Math.max(seen.most, (waiting += 1));
    await later(Math.max(0, 12 - (seen.asked += 1) / 3));
    waiting -= 1;
    if (refused.some((one) => subject.includes(`Subject: ${one}\r`))) throw new MailError('EMAIL_MESSAGE_UNREADABLE');
    return parse();
  };
  const parser: MailParser = {
    ahead: 16,
    content: (content) =>
      answered(content.kind === 'source' ? content.source.toString() : '', () => parseContent(content)),
    head: (head) => answered(head.header.toString(), () => parseHead(head)),
  };
  return { parser, seen };
}

/** The session says what it was made to give. */
const watched = (most = Infinity, error = new MailError('EMAIL_CONNECTION_LOST')) => {
  const given: string[] = [];
  const whole = sessionWith(() => null);
  const cut = async function* <T extends { id: string }>(source: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const one of source) {
      if (given.length >= most) throw error;
      given.push(one.id);
      yield one;
    }
  };
  const session = {
    contents: (path: string, ids: never[]) => cut(whole.contents(path, ids, 'usual')),
    heads: (path: string, ids: never[]) => cut(whole.heads(path, ids)),
  } as unknown as MailboxSession;
  return { session, given };
};

it.each(['head', 'full'] as const)('many are parsed at once, and stored in order (%s)', async (depth) => {
  const world = shallowFolder(depth === 'head' ? 200 : 30);
  const { parser, seen } = elsewhere();
  await deepenFolder(folder, 200, { session: watched().session, store: world.store, parser });
  expect([...(depth === 'head' ? world.heads : world.stored).keys()]).toEqual(
    world.waiting.map(({ placementId }) => placementId),
  );
  expect(seen.most).toBe(16);
});

it('what cannot be parsed is stored as such, of headers it is passed over', async () => {
  const world = shallowFolder(30);
  const { parser } = elsewhere(['1:3']);
  await deepenFolder(folder, 50, { session: watched().session, store: world.store, parser });
  expect([...world.stored].filter(([, { errorCode }]) => errorCode).map(([id]) => id)).toEqual([3]);
  const many = shallowFolder(100);
  await deepenFolder(folder, 50, { session: watched().session, store: many.store, parser });
  expect([many.heads.size, many.heads.has(3)]).toEqual([99, false]);
});

it('what was given before the line dropped is parsed and stored, and only the others have been tried', async () => {
  const world = shallowFolder(30);
  const { parser } = elsewhere();
  const ports = { session: watched(7).session, store: world.store, parser };
  await expect(deepenFolder(folder, 50, ports)).rejects.toMatchObject({ code: 'EMAIL_CONNECTION_LOST' });
  expect([...world.stored.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(world.waiting.map(({ attempts }) => attempts)).toEqual(world.waiting.map((_, at) => Number(at >= 7)));
});

it('when something else is due, what was read ahead is dropped, and does not count as tried', async () => {
  const world = shallowFolder(30);
  const { parser } = elsewhere();
  const tried = new Map<number, number>();
  const { session, given } = watched();
  await deepenFolder(folder, 50, { session, store: world.store, parser, tried, batch: 3, mayGoOn: () => false });
  expect([[...world.stored.keys()], given.length > 10]).toEqual([[1, 2, 3], true]);
  expect(world.waiting.map(({ attempts }) => attempts)).toEqual(Array<number>(30).fill(0));
  expect([...tried].filter(([, times]) => times === 1).map(([id]) => id)).toEqual([1, 2, 3]);
});

it('nothing is stored once the account is given up while a mail is parsed', async () => {
  const world = shallowFolder(30);
  const given = new AbortController();
  const { parser } = elsewhere();
  const parts = { session: watched().session, store: world.store, signal: given.signal };
  const content: MailParser['content'] = (one) => (one.id === '1:9' && given.abort(), parser.content(one));
  await deepenFolder(folder, 50, { ...parts, parser: { ...parser, content } });
  expect(world.stored.size).toBe(0);
  expect(world.waiting.every(({ attempts }) => attempts === 0)).toBe(true);
});

it('is stored a thousand at a time where there are thousands', async () => {
  const world = shallowFolder(5_000);
  const stored: number[] = [];
  const store = {
    ...world.store,
    store: async (...given: Parameters<MessageStore['store']>) => {
      stored.push(given[1].length);
      return world.store.store(...given);
    },
  };
  const session = sessionWith(() => null);
  await deepenFolder(folder, 50, { session, store, heads: 5_000, smallBytes: 10, now: () => 0 });
  expect(stored).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
});

import type { MailError } from '../../errors/mail-error';
import type { FolderRow } from '../../ports/records';
import type { MailboxSession, RemoteContent } from '../../ports/session';
import type { Depth, MessageStore, ParsedMessage, ReadContent, ShallowPlacement } from '../../ports/stores';
import { deepenFolder } from '../deepen-folder';

export const folder = { id: 1, accountId: 1, path: 'INBOX' } as FolderRow;

interface Waiting extends ShallowPlacement {
  attempts: number;
  sizeBytes: number;
}

/** A folder of `count` mails of which nothing is known, whose attempts are kept as the store does. */
export function shallowFolder(count: number) {
  const waiting: Waiting[] = Array.from({ length: count }, (_, at) => ({
    placementId: at + 1,
    id: `1:${at + 1}` as ShallowPlacement['id'],
    emailId: null,
    receivedAt: at,
    sizeBytes: 10,
    attempts: 0,
    messageId: null,
  }));
  const heads = new Map<number, ParsedMessage>();
  const stored = new Map<number, ParsedMessage>();
  const lacking = (depth: Depth) =>
    waiting.filter(({ placementId }) => !stored.has(placementId) && heads.has(placementId) === (depth === 'full'));
  const store = {
    shallow: async (_folder: FolderRow, depth: Depth, limit: number) =>
      lacking(depth)
        .sort((a, b) => a.attempts - b.attempts)
        .slice(0, limit)
        .map((one) => ({ ...one })),
    countAttempts: async (_account: number, ids: readonly number[], by: number) => {
      for (const one of waiting) if (ids.includes(one.placementId)) one.attempts += by;
    },
    store: async (_folder: FolderRow, read: readonly ReadContent[], depth: Depth) => {
      for (const { placement, message, isGivenUp } of read) {
        (depth === 'head' ? heads : stored).set(placement.placementId, message);
        if (!isGivenUp) for (const one of waiting) if (one.placementId === placement.placementId) one.attempts = 0;
      }
    },
  } as unknown as MessageStore;
  return { waiting, heads, stored, store };
}

const mail = (id: ShallowPlacement['id']): RemoteContent => {
  const source = Buffer.from(`Message-ID: <${id}@x>\r\nSubject: ${id}\r\n\r\nx`);
  return { kind: 'source', id, source, parts: [], isCut: false, sizeBytes: source.length };
};

/** Answers every request for content, or throws what `fault` says of it. */
export const sessionWith = (fault: (ids: readonly string[]) => MailError | null) =>
  ({
    async *contents(_path: string, ids: readonly ShallowPlacement['id'][]) {
      const error = fault(ids);
      if (error) throw error;
      for (const id of ids) yield mail(id);
    },
    async *heads(_path: string, ids: readonly ShallowPlacement['id'][]) {
      const error = fault(ids);
      if (error) throw error;
      for (const id of ids) yield { id, header: (mail(id) as { source: Buffer }).source, sizeBytes: 10 };
    },
  }) as unknown as MailboxSession;

/** One call with the limits of a look; answers the code of what it threw. */
export const round = async (world: ReturnType<typeof shallowFolder>, session: MailboxSession) =>
  deepenFolder(folder, 50, { session, store: world.store }).catch((error: MailError) => error.code);

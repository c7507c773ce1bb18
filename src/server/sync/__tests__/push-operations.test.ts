import { MailError } from '../../errors/mail-error';
import type { AccountId, FolderId, RemoteId } from '../../mail/ids';
import type { FolderRow } from '../../ports/records';
import type { Standing } from '../../mail/standing';
import type { MailboxSession } from '../../ports/session';
import type { MessageStore, Operation } from '../../ports/stores';
import { pushOperations } from '../push-operations';

const ACCOUNT = 1 as AccountId;
const inbox = { id: 1, path: 'INBOX', isSelectable: true } as FolderRow;
const archive = { id: 2 as FolderId, path: 'Archive', isSelectable: true } as FolderRow;

const AS_IT_IS_NOW = { ...archive, departed: 1 } as FolderRow;

const operation = (more: Partial<Operation>): Operation => ({
  placementId: 7,
  folder: inbox,
  id: '1:7' as RemoteId,
  change: null,
  move: null,
  standing: { receivedAt: 1, sizeBytes: 1 },
  begun: null,
  ...more,
});

interface World {
  readonly failure?: MailError;
  /** What the server says lies there; what was listed by default. */
  readonly found?: ReadonlyMap<RemoteId, Standing>;
  /** What shall be moved still when the move begins; all of it by default. */
  readonly still?: readonly number[];
}

/** Pushes one operation to a server, and tells what was called, in order. */
async function push(one: Operation, { failure, found, still }: World = {}): Promise<string[]> {
  const calls: string[] = [];
  const recorded = <T extends object>(answer: (name: string) => unknown): T =>
    new Proxy({} as T, {
      get: (_target, name: string) => async () => {
        calls.push(name);
        return answer(name);
      },
    });
  const session = recorded<MailboxSession>((name) => {
    if (name === 'standing') return found ?? new Map([[one.id, one.standing]]);
    if (failure) throw failure;
    return new Map();
  });
  const store = recorded<MessageStore>((name) =>
    name === 'operations'
      ? { operations: [one], last: null }
      : name === 'folderById'
        ? AS_IT_IS_NOW
        : name === 'beginMove'
          ? (still ?? [one.placementId])
          : undefined,
  );
  const refused = async (): Promise<void> => void calls.push('told');
  const folders = await pushOperations(ACCOUNT, { session, store, refused });
  for (const folder of folders) expect(folder).toBe(AS_IT_IS_NOW);
  return calls.filter((name) => !['operations', 'recount', 'standing'].includes(name));
}

const CHANGE = { change: { add: ['\\Seen'], remove: [] } };
const MOVE = { move: { kind: 'move', targetId: archive.id, target: archive } } as const;
const ERASE = { move: { kind: 'erase' } } as const;
const WISHES: readonly Partial<Operation>[] = [CHANGE, MOVE, ERASE];
const BEGUN = { begun: archive };

it('what the server has done is settled', async () => {
  expect(await push(operation(CHANGE))).toEqual(['storeFlags', 'settleFlags']);
  expect(await push(operation(MOVE))).toEqual(['beginMove', 'move', 'settleMove', 'folderById']);
  expect(await push(operation(ERASE))).toEqual(['erase', 'settleErase']);
});

it('a move whose target is gone is taken back, and never an erasure', async () => {
  expect(await push(operation({ move: { ...MOVE.move, target: null } }))).toEqual(['undoMove']);
  const gone = { ...archive, isGone: true } as FolderRow;
  expect(await push(operation({ move: { ...MOVE.move, target: gone } }))).toEqual(['undoMove', 'told']);
});

it('a move that was taken back in the moment in which it begins is not made', async () => {
  expect(await push(operation(MOVE), { still: [] })).toEqual(['beginMove']);
});

describe('what lies at the UID that is meant', () => {
  const at = (standing: Standing) => ({ found: new Map([[operation({}).id, standing]]) });

  it('another mail: nothing is done to it, and the folder is compared', async () => {
    for (const wish of WISHES)
      expect(await push(operation(wish), at({ receivedAt: 2, sizeBytes: 2 }))).toEqual(['distrust']);
  });

  it('the same mail, of which the server has estimated the size again: it is done', async () => {
    expect(await push(operation(ERASE), at({ receivedAt: 1, sizeBytes: 2 }))).toEqual(['erase', 'settleErase']);
  });

  it('nothing: somebody else was quicker', async () => {
    expect(await push(operation(ERASE), { found: new Map() })).toEqual(['erase', 'settleErase']);
  });

  it('nothing, and a move was begun: it is looked for where it went, whatever is wished of it', async () => {
    for (const wish of [...WISHES, { move: { kind: 'stay' } } as const])
      expect(await push(operation({ ...wish, ...BEGUN }), { found: new Map() })).toEqual(['settleMove', 'folderById']);
  });

  it('the mail, although a move was begun: it was not moved', async () => {
    expect(await push(operation({ ...ERASE, ...BEGUN }))).toEqual(['endMove', 'erase', 'settleErase']);
    expect(await push(operation({ move: { kind: 'stay' }, ...BEGUN }))).toEqual(['endMove', 'settleStay']);
  });
});

it.each(['EMAIL_FOLDER_CHANGED', 'EMAIL_MESSAGE_GONE', 'EMAIL_FOLDER_BUSY'] as const)(
  'after %s nothing counts as done',
  async (code) => {
    const failure = new MailError(code);
    expect(await push(operation(CHANGE), { failure })).toEqual(['storeFlags']);
    expect(await push(operation(MOVE), { failure })).toEqual(['beginMove', 'move']);
    expect(await push(operation(ERASE), { failure })).toEqual(['erase']);
  },
);

it('a change that is refused is taken back and told, and stops nothing', async () => {
  const failure = new MailError('EMAIL_CHANGE_REFUSED');
  expect(await push(operation(CHANGE), { failure })).toEqual(['storeFlags', 'undoFlags', 'told']);
  expect(await push(operation(ERASE), { failure })).toEqual(['erase', 'undoMove', 'told']);
});

it('a lost line ends the push, for the next connection to repeat', async () => {
  await expect(push(operation(CHANGE), { failure: new MailError('EMAIL_CONNECTION_LOST') })).rejects.toThrow();
});

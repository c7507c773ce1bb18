import { MailError } from '../../errors/mail-error';
import type { AccountId, FolderId, RemoteId } from '../../mail/ids';
import type { FolderRow } from '../../ports/records';
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
  ...more,
});

/** Pushes one operation to a server that answers with `failure`, and tells what was called, in order. */
async function push(one: Operation, failure: MailError | null = null): Promise<string[]> {
  const calls: string[] = [];
  const recorded = <T extends object>(answer: (name: string) => unknown): T =>
    new Proxy({} as T, {
      get: (_target, name: string) => async () => {
        calls.push(name);
        return answer(name);
      },
    });
  const session = recorded<MailboxSession>(() => {
    if (failure) throw failure;
    return new Map();
  });
  const store = recorded<MessageStore>((name) =>
    name === 'operations' ? { operations: [one], last: null } : name === 'folderById' ? AS_IT_IS_NOW : undefined,
  );
  const refused = async (): Promise<void> => void calls.push('told');
  const found = await pushOperations(ACCOUNT, { session, store, refused });
  for (const folder of found) expect(folder).toBe(AS_IT_IS_NOW);
  return calls.filter((name) => name !== 'operations' && name !== 'recount');
}

const CHANGE = { change: { add: ['\\Seen'], remove: [] } };
const MOVE = { move: { kind: 'move', targetId: archive.id, target: archive } } as const;
const ERASE = { move: { kind: 'erase' } } as const;

it('what the server has done is settled', async () => {
  expect(await push(operation(CHANGE))).toEqual(['storeFlags', 'settleFlags']);
  expect(await push(operation(MOVE))).toEqual(['move', 'settleMove', 'folderById']);
  expect(await push(operation(ERASE))).toEqual(['erase', 'settleErase']);
});

it('a move whose target is gone is taken back, and never an erasure', async () => {
  expect(await push(operation({ move: { ...MOVE.move, target: null } }))).toEqual(['undoMove']);
  const gone = { ...archive, isGone: true } as FolderRow;
  expect(await push(operation({ move: { ...MOVE.move, target: gone } }))).toEqual(['undoMove', 'told']);
});

it.each(['EMAIL_FOLDER_CHANGED', 'EMAIL_MESSAGE_GONE'] as const)('after %s nothing counts as done', async (code) => {
  for (const wish of [CHANGE, MOVE, ERASE]) expect((await push(operation(wish), new MailError(code))).length).toBe(1);
});

it('while a folder cannot be opened its changes wait', async () => {
  for (const wish of [CHANGE, MOVE, ERASE])
    expect((await push(operation(wish), new MailError('EMAIL_FOLDER_BUSY'))).length).toBe(1);
});

it('a change that is refused is taken back and told, and stops nothing', async () => {
  const refusal = new MailError('EMAIL_CHANGE_REFUSED');
  expect(await push(operation(CHANGE), refusal)).toEqual(['storeFlags', 'undoFlags', 'told']);
  expect(await push(operation(ERASE), refusal)).toEqual(['erase', 'undoMove', 'told']);
});

it('a lost line ends the push, for the next connection to repeat', async () => {
  await expect(push(operation(CHANGE), new MailError('EMAIL_CONNECTION_LOST'))).rejects.toThrow();
});

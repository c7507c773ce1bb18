import { asMailError, MailError } from '../errors/mail-error';
import type { FlagChange } from '../mail/flags';
import type { AccountId, FolderId } from '../mail/ids';
import type { FolderRow } from '../ports/records';
import type { Moved, MailboxSession } from '../ports/session';
import type { MessageStore, Operation } from '../ports/stores';

const AT_ONCE = 2_000;

export interface PushPorts {
  readonly session: MailboxSession;
  readonly store: MessageStore;
  /** A change that the server refused, for the log. */
  readonly refused: (folder: FolderRow, error: MailError) => Promise<void>;
}

/**
 * Tells the server what was changed here, without looking at whole folders: flags, then moves, then what is erased. Each step may
 * be repeated after a crash: a flag set twice is set, and a message that was moved already is no longer where we look for it.
 * @returns folders into which something was moved without the server saying where it is now; they have to be looked at
 */
export async function pushOperations(account: AccountId, ports: PushPorts): Promise<FolderRow[]> {
  const unknown = new Map<FolderId, FolderRow>();
  for (;;) {
    const waiting = await ports.store.operations(account, AT_ONCE);
    if (waiting.length === 0) return [...unknown.values()];
    await pushFlags(waiting, ports);
    for (const target of await pushMoves(account, waiting, ports)) unknown.set(target.id, target);
    if (waiting.length < AT_ONCE) return [...unknown.values()];
  }
}

async function pushFlags(waiting: readonly Operation[], { session, store }: PushPorts): Promise<void> {
  for (const group of groups(waiting, (one) => one.change && `${one.folder.id} ${JSON.stringify(one.change)}`)) {
    const [{ folder, change }] = group;
    await unlessGone(() => session.storeFlags(folder.path, idsOf(group), change as FlagChange));
    await store.settleFlags(folder, placementsOf(group), change as FlagChange);
  }
}

async function pushMoves(account: AccountId, waiting: readonly Operation[], ports: PushPorts): Promise<FolderRow[]> {
  const unknown: FolderRow[] = [];
  for (const group of groups(waiting, (one) => one.move && `${one.folder.id} ${one.move.target?.id ?? 'erase'}`)) {
    const [{ folder, move }] = group;
    const target = move?.target ?? null;
    if (target === null) {
      await unlessGone(() => ports.session.erase(folder.path, idsOf(group)));
      await ports.store.settleErase(account, placementsOf(group));
    } else if (await moveGroup(account, folder, target, group, ports)) {
      unknown.push(target);
    }
  }
  await ports.store.recount(account);
  return unknown;
}

/** True when the server did not say where the messages are now. */
async function moveGroup(
  account: AccountId,
  folder: FolderRow,
  target: FolderRow,
  group: readonly Operation[],
  { session, store, refused }: PushPorts,
): Promise<boolean> {
  let moved: Moved = new Map();
  try {
    if (target.isGone || !target.isSelectable) throw new MailError('EMAIL_MOVE_REFUSED');
    moved = (await unlessGone(() => session.move(folder.path, idsOf(group), target.path))) ?? moved;
  } catch (error) {
    const failure = asMailError(error);
    if (failure.code !== 'EMAIL_MOVE_REFUSED') throw failure;
    await store.undoMove(account, placementsOf(group));
    await refused(target, failure);
    return false;
  }
  const places = group.map(({ placementId, id }) => ({ placementId, to: moved.get(id) ?? null }));
  await store.settleMove(target, places);
  return places.some(({ to }) => to === null);
}

/** What vanished meanwhile takes the wish with it: the next look at the folder forgets it. */
async function unlessGone<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MailError && error.kind === 'gone') return null;
    throw error;
  }
}

const idsOf = (group: readonly Operation[]) => group.map(({ id }) => id);
const placementsOf = (group: readonly Operation[]) => group.map(({ placementId }) => placementId);

/** Operations that one command can carry out together, in the order of the first of each. */
function groups(waiting: readonly Operation[], keyOf: (one: Operation) => string | null): Operation[][] {
  const found = new Map<string, Operation[]>();
  for (const one of waiting) {
    const key = keyOf(one);
    if (key !== null) found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}

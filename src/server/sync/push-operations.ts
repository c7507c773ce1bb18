import { asMailError, MailError } from '../errors/mail-error';
import { REFUSALS } from '../errors/refusals';
import type { FlagChange } from '../mail/flags';
import type { AccountId, FolderId, RemoteId } from '../mail/ids';
import { isOther, type Standing } from '../mail/standing';
import type { FolderRow } from '../ports/records';
import type { MailboxSession } from '../ports/session';
import type { MessageStore, Operation, OperationMove } from '../ports/stores';
import { FolderTrouble, isLoss } from './folder-trouble';

const AT_ONCE = 2_000;

export interface PushPorts {
  readonly session: MailboxSession;
  readonly store: MessageStore;
  /** A change that the server refused, for the log. */
  readonly refused: (folder: FolderRow, error: MailError) => Promise<void>;
  /** The server has moved so many messages to this folder, or erased them from it. */
  readonly done?: (folder: FolderRow, what: 'moved' | 'erased', count: number) => Promise<void>;
  /** A folder that cannot be opened now: its changes wait. */
  readonly busy?: (folder: FolderRow, error: MailError) => Promise<void>;
  /** What changes have come to before; by default nothing. */
  readonly record?: PushRecord;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/** What telling the server of changes has come to, folder by folder, for as long as a worker lives. */
export class PushRecord {
  /** Where the line was lost over them. Not that of looks: a folder may be read where it cannot be changed. */
  readonly trouble = new FolderTrouble();
  /** Folders in which the server could not do something the last time. */
  readonly busy = new Set<FolderId>();
}

/** Some of the changes made here that the server has not heard; there are none when both parts say so. */
export type WaitingChanges = Awaited<ReturnType<MessageStore['operations']>>;

export const waitingChanges = (
  account: AccountId,
  store: Pick<MessageStore, 'operations'>,
  after = 0,
): Promise<WaitingChanges> => store.operations(account, AT_ONCE, after);

/**
 * Tells the server what was changed here, folder by folder and without looking at whole ones: flags, then moves and what is erased. First it is
 * asked what lies at the UIDs that we mean, and in which folder (MAILBOXID), for UIDVALIDITY alone does not say so: a folder may have been made again
 * in the same second, and a restored backup gives UIDs again. Each step may be repeated after a crash: a flag set twice is set, and what was moved already is looked for
 * where it was moved to. What the server refuses is taken back; what could not be asked because the folder is another one now waits for the next look.
 * @param first what is waiting, where that was asked already
 * @returns folders into which something was moved without the server saying where it is now; they have to be looked at
 */
export async function pushOperations(
  account: AccountId,
  ports: PushPorts,
  first?: WaitingChanges,
): Promise<FolderRow[]> {
  const unknown = new Set<FolderId>();
  let some = first ?? (await waitingChanges(account, ports.store));
  for (;;) {
    for (const group of inOrder(some.operations, ports))
      for (const target of await withoutLoss(group[0].folder, ports, () => pushFolder(account, group, ports)))
        unknown.add(target.id);
    if (some.operations.length > 0) await ports.store.recount(account);
    if (some.last === null) break;
    some = await waitingChanges(account, ports.store, some.last);
  }
  // As they are now: what was settled meanwhile has left some of them, and their cursors' counts with it.
  const rows = await Promise.all([...unknown].map((id) => ports.store.folderById(account, id)));
  return rows.flatMap((row) => (row === null || row.isGone ? [] : [row]));
}

interface FolderPorts extends PushPorts {
  /** The server could not do something in this folder the last time: perhaps because of one message among many. */
  readonly mayHalve: boolean;
}

/** By folder, those over which the line was lost at the end; where it was lost again and again, not for a while: other wishes go on. */
function inOrder(waiting: readonly Operation[], { record, now = Date.now }: PushPorts): Operation[][] {
  const found = groups(waiting, ({ folder }) => String(folder.id));
  if (!record) return found;
  const byFolder = new Map(found.map((group) => [group[0].folder, group]));
  return record.trouble
    .inOrder([...byFolder.keys()])
    .filter((folder) => !record.trouble.isResting(folder, now()))
    .map((folder) => byFolder.get(folder) as Operation[]);
}

async function withoutLoss<T>(
  folder: FolderRow,
  { record, now = Date.now, signal }: PushPorts,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const done = await work();
    record?.trouble.wentWell(folder);
    return done;
  } catch (error) {
    if (isLoss(error, { aborted: signal?.aborted ?? false })) record?.trouble.lost(folder, now());
    throw error;
  }
}

/** @returns folders into which something was moved without the server saying where it is now */
async function pushFolder(account: AccountId, waiting: readonly Operation[], given: PushPorts): Promise<FolderRow[]> {
  const { session, store, record } = given;
  const [{ folder }] = waiting;
  const ports: FolderPorts = { ...given, mayHalve: record?.busy.delete(folder.id) ?? false };
  const asked = await outcomeOf(folder, ports, () => session.standing(folder.path, idsOf(waiting), folder.objectId));
  if (asked.kind !== 'done') return [];
  // Of what the server refuses to tell of nothing is known: it waits.
  const told = waiting.filter(({ id }) => asked.answer.get(id) !== null);
  const { same, moved, isOtherFound } = sorted(told, asked.answer);
  if (isOtherFound) await store.distrust(folder);
  const unknown: FolderRow[] = [];
  for (const group of groups(moved, ({ begun }) => String(begun?.id))) {
    const target = group[0].begun as FolderRow;
    await store.settleMove(
      target,
      placementsOf(group).map((placementId) => ({ placementId, to: null })),
    );
    unknown.push(target);
  }
  const unmoved = same.filter(({ begun, id }) => begun !== null && asked.answer.has(id));
  if (unmoved.length > 0) await store.endMove(account, placementsOf(unmoved));
  await pushFlags(account, same, ports);
  return [...unknown, ...(await pushMoves(account, same, ports))];
}

interface Sorted {
  /** The message that was meant; or none any more, which the server passes over. */
  readonly same: readonly Operation[];
  /** It was moved where it had been begun to be moved to. */
  readonly moved: readonly Operation[];
  /** There are UIDs that name another message now. What is wished of the old one reaches nothing. */
  readonly isOtherFound: boolean;
}

/** What lies where the messages were that something is wished of. Pure. */
function sorted(waiting: readonly Operation[], found: ReadonlyMap<RemoteId, Standing | null>): Sorted {
  const isGone = ({ id }: Operation): boolean => !found.has(id);
  const isAnother = ({ id, standing }: Operation): boolean => {
    const there = found.get(id);
    return there !== undefined && there !== null && isOther(standing, there);
  };
  const isMoved = (one: Operation): boolean => isGone(one) && one.begun !== null;
  const moved = waiting.filter(isMoved);
  const same = waiting.filter((one) => !isMoved(one) && !isAnother(one));
  return { same, moved, isOtherFound: waiting.some(isAnother) };
}

async function pushFlags(account: AccountId, waiting: readonly Operation[], ports: FolderPorts): Promise<void> {
  const { session, store } = ports;
  for (const group of groups(waiting, (one) => one.change && `${one.folder.id} ${JSON.stringify(one.change)}`)) {
    const [{ folder, change }] = group;
    await inParts(folder, group, ports, async (part) => {
      const outcome = await outcomeOf(folder, ports, () =>
        session.storeFlags(folder.path, idsOf(part), change as FlagChange),
      );
      if (outcome.kind === 'done') await store.settleFlags(folder, placementsOf(part), change as FlagChange);
      else if (outcome.kind === 'refused') {
        await store.undoFlags(account, placementsOf(part), change as FlagChange);
        await ports.refused(folder, outcome.error);
      }
      return outcome.kind !== 'busy';
    });
  }
}

async function pushMoves(account: AccountId, waiting: readonly Operation[], ports: FolderPorts): Promise<FolderRow[]> {
  const unknown: FolderRow[] = [];
  for (const group of groups(waiting, ({ folder, move }) => move && `${folder.id} ${keyOf(move)}`)) {
    const [{ folder, move }] = group;
    if (move?.kind === 'erase') await inParts(folder, group, ports, (part) => eraseGroup(account, folder, part, ports));
    else if (move?.kind === 'stay') await ports.store.settleStay(account, placementsOf(group));
    else if (move?.target) {
      const { target } = move;
      await inParts(folder, group, ports, async (part) => {
        const end = await moveGroup(account, folder, target, part, ports);
        if (end === 'unplaced') unknown.push(target);
        return end !== 'busy';
      });
    } else if (move?.target === null) await ports.store.undoMove(account, placementsOf(group), move.targetId);
  }
  return unknown;
}

const keyOf = (move: OperationMove): string => (move.kind === 'move' ? String(move.targetId) : move.kind);

async function eraseGroup(
  account: AccountId,
  folder: FolderRow,
  group: readonly Operation[],
  ports: PushPorts,
): Promise<boolean> {
  const { session, store, refused } = ports;
  const outcome = await outcomeOf(folder, ports, () => session.erase(folder.path, idsOf(group)));
  if (outcome.kind === 'done') {
    await store.settleErase(account, placementsOf(group));
    await ports.done?.(folder, 'erased', group.length);
  } else if (outcome.kind === 'refused') {
    await store.undoMove(account, placementsOf(group), null);
    await refused(folder, outcome.error);
  }
  return outcome.kind !== 'busy';
}

/** @returns `unplaced` when the server did not say where the messages are now */
async function moveGroup(
  account: AccountId,
  folder: FolderRow,
  target: FolderRow,
  wished: readonly Operation[],
  ports: PushPorts,
): Promise<'unplaced' | 'busy' | 'over'> {
  const { session, store, refused } = ports;
  const isOpen = !target.isGone && target.isSelectable;
  const still = new Set(isOpen ? await store.beginMove(target, placementsOf(wished)) : placementsOf(wished));
  const group = wished.filter(({ placementId }) => still.has(placementId));
  // Taken back in this very moment.
  if (group.length === 0) return 'over';
  const outcome = await outcomeOf(folder, ports, async () => {
    if (!isOpen) throw new MailError('EMAIL_MOVE_REFUSED');
    return session.move(folder.path, idsOf(group), target.path);
  });
  if (outcome.kind === 'refused') {
    await store.undoMove(account, placementsOf(group), target.id);
    await refused(target, outcome.error);
  }
  if (outcome.kind !== 'done') return outcome.kind === 'busy' ? 'busy' : 'over';
  const places = group.map(({ placementId, id }) => ({ placementId, to: outcome.answer.get(id) ?? null }));
  await store.settleMove(target, places);
  await ports.done?.(target, 'moved', group.length);
  return places.some(({ to }) => to === null) ? 'unplaced' : 'over';
}

type Outcome<T> =
  | { readonly kind: 'done'; readonly answer: T }
  | { readonly kind: 'refused'; readonly error: MailError }
  /** The folder is not the one that was meant, and the look that follows finds out what became of it and of the wish. */
  | { readonly kind: 'unasked' }
  /** The server cannot do it now. */
  | { readonly kind: 'busy' };

async function outcomeOf<T>(folder: FolderRow, { busy }: PushPorts, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'done', answer: await work() };
  } catch (error) {
    const failure = asMailError(error);
    if (REFUSALS.includes(failure.code)) return { kind: 'refused', error: failure };
    if (failure.kind === 'gone') return { kind: 'unasked' };
    if (failure.code !== 'EMAIL_FOLDER_BUSY') throw failure;
    await busy?.(folder, failure);
    return { kind: 'busy' };
  }
}

/** Commands that are refused in a row before the folder itself counts as busy. */
const MOST_REFUSED = 32;

/**
 * Carries something out for messages of a folder together; where the server cannot, and could not the last time, in halves: one message that it never
 * can do it with must not hold up the others.
 * @param work false: the server cannot do it now
 */
async function inParts(
  { id }: FolderRow,
  group: readonly Operation[],
  { record, mayHalve }: FolderPorts,
  work: (part: readonly Operation[]) => Promise<boolean>,
): Promise<void> {
  let [refusals, isRefused] = [0, false];
  // The largest first, so that each halving leaves half of what is sound behind it.
  const parts: (readonly Operation[])[] = [group];
  for (let part = parts.shift(); part && refusals < MOST_REFUSED; part = parts.shift()) {
    if (await work(part)) {
      refusals = 0;
      continue;
    }
    refusals += 1;
    isRefused = true;
    if (!mayHalve || part.length === 1) continue;
    const middle = Math.ceil(part.length / 2);
    parts.push(part.slice(0, middle), part.slice(middle));
  }
  if (isRefused) record?.busy.add(id);
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

import { isDeepStrictEqual } from 'node:util';
import type { ErrorCode } from '../../shared/error-codes';
import { asMailError, MailError } from '../errors/mail-error';
import type { AccountRow, FolderRow } from '../ports/records';
import type { FolderCursor, FolderLook, FolderSlice, Look, MailboxSession } from '../ports/session';
import type { FolderMark, MessageStore, SlicePlan } from '../ports/stores';
import type { FolderTrouble } from './folder-trouble';
import { isSuspicious, planSlice } from './plan-folder';
import { SlicesAhead } from './slices-ahead';

export interface SyncPorts {
  readonly session: MailboxSession;
  readonly store: MessageStore;
  readonly now: () => number;
  readonly trouble: FolderTrouble;
  /** As in `DeepenPorts`, for this pass. */
  readonly tried?: Map<number, number>;
  /** As there. */
  readonly refusals?: Map<number, number>;
  /** Another connection to the same mailbox, to check an answer that looks wrong. */
  readonly freshSession: () => Promise<{
    readonly session: MailboxSession;
    readonly close: () => Promise<void> | void;
  }>;
}

/** What one look did. */
export interface SyncReport {
  readonly folder: FolderRow;
  readonly strategy: FolderLook['strategy'];
  readonly listed: number;
  readonly changed: number;
  readonly forgotten: number;
  /** The server counts more messages than it showed: a new one becomes visible a moment after it is announced (Q6). */
  readonly isBehind: boolean;
}

export interface LookWish extends Pick<Look, 'depth' | 'budget' | 'hints'> {
  /** Called once the newest messages of a folder that was never listed stand in the list, before the others are asked for. */
  readonly onNewest?: (folder: FolderRow) => Promise<void>;
  readonly unreadGap: number | null;
}

const WHOLE = Number.MAX_SAFE_INTEGER;

/** Brings one folder up to date: facts, decision, effects, slice by slice. */
export async function syncFolder(
  account: AccountRow,
  folder: FolderRow,
  wish: LookWish,
  ports: SyncPorts,
): Promise<SyncReport> {
  const { depth, budget, hints } = wish;
  const [departed, uncounted] = [folder.departed ?? 0, await ports.store.uncounted(folder)];
  // A server that is late with UIDNEXT has had time to make up for it.
  const isStill = uncounted > 0 && isLongUncounted(folder, ports.now());
  const highestUid = isStill ? await ports.store.highestUid(folder) : null;
  const known = { departed, uncounted, highestUid };
  const observe = (
    session: MailboxSession,
    since: FolderCursor | null,
    more: Partial<Look> = {},
  ): Promise<FolderLook> => session.observe(folder.path, { since, ...known, depth, budget, hints, ...more });
  const first = await identified(folder, (since) => observe(ports.session, since), ports.store);
  const { look, current } = first;
  const since = account.syncSince;
  const onNewest = look.strategy.kind === 'first' ? wish.onNewest : undefined;
  let report = await takeIn(current, look, { since, isTrusted: false, onNewest }, ports);
  let last = first;
  if (report === 'suspicious') {
    report = await onceMore(folder, ports, async (session) => {
      const closely = { depth: 'everything', budget: WHOLE } as const;
      last = await identified(current, (cursor) => observe(session, cursor, closely), ports.store);
      return takeIn(last.current, last.look, { since, isTrusted: true }, ports);
    });
  }
  const counts = report === 'suspicious' ? NOTHING : report;
  const objectId = last.look.objectId ?? last.current.objectId;
  const outcome = { folder: last.current, unreadGap: wish.unreadGap, objectId };
  await ports.store.finishLooks(account.id, [outcome], ports.now());
  return { folder: last.current, strategy: look.strategy, ...counts };
}

/** So long after a look that did not count what is known here, a UIDNEXT that is still not above it is no longer late. */
const LATE_MS = 60_000;

const isLongUncounted = ({ uncountedSince }: FolderRow, now: number): boolean =>
  Boolean(uncountedSince) && now - Number(uncountedSince) >= LATE_MS;

/**
 * A second look on another line. Where a server gives one line only, and has given another one since it was doubted first, that is as good.
 * @throws MailError `EMAIL_FOLDER_BUSY` where there is neither
 */
async function onceMore<T>(
  folder: FolderRow,
  ports: SyncPorts,
  look: (session: MailboxSession) => Promise<T>,
): Promise<T> {
  const { trouble, session, now } = ports;
  try {
    return await onAnotherLine(ports, look);
  } catch (error) {
    if (!isBusy(asMailError(error)) || !trouble.doubt(folder, session, now())) throw error;
    return look(session);
  }
}

/** A server that gives no second line to somebody who has one says so in many ways, some of them only when the line is used (Q3). */
const NO_LINE: readonly ErrorCode[] = [
  'EMAIL_SERVER_UNREACHABLE',
  'EMAIL_CONNECTION_LOST',
  'EMAIL_LOGIN_REFUSED',
  'EMAIL_IMAP_DISABLED',
];

export const isBusy = ({ code }: MailError): boolean => code === 'EMAIL_FOLDER_BUSY';

/** Whether it is one folder that cannot be looked at, and not the line or the account. */
export const isOfFolder = (error: MailError): boolean =>
  error.kind === 'gone' || isBusy(error) || error.code === 'EMAIL_MESSAGE_UNREADABLE';

/**
 * Work on a line of its own, which is closed afterwards.
 * @throws MailError `EMAIL_FOLDER_BUSY` where none can be had, or it cannot be used: this folder waits for one, the others do not
 */
export async function onAnotherLine<T>(
  { freshSession }: Pick<SyncPorts, 'freshSession'>,
  work: (session: SyncPorts['session']) => Promise<T>,
): Promise<T> {
  try {
    const fresh = await freshSession();
    try {
      return await work(fresh.session);
    } finally {
      await fresh.close();
    }
  } catch (error) {
    throw NO_LINE.includes(asMailError(error).code) ? new MailError('EMAIL_FOLDER_BUSY', { cause: error }) : error;
  }
}

interface Identified {
  /** The folder with the UIDVALIDITY of the look. */
  readonly current: FolderRow;
  readonly look: FolderLook;
}

/** A look, and the folder that it was at: each SELECT may find another one, or other UIDs. */
async function identified(
  folder: FolderRow,
  observe: (since: FolderCursor | null) => Promise<FolderLook>,
  store: MessageStore,
): Promise<Identified> {
  const look = await observe(folder.cursor as FolderCursor | null);
  const { current, isOther } = await settleIdentity(folder, look, store);
  if (!isOther) return { current, look };
  // The cursor belonged to another folder of the same path: what was yielded from it means nothing.
  const again = await observe(null);
  return { current: (await settleIdentity(current, again, store)).current, look: again };
}

const NOTHING = { listed: 0, changed: 0, forgotten: 0, isBehind: false };

/** Which of our folders this is (RFC 8474), and whether its UIDs begin anew (RFC 9051 §2.3.1.1). */
async function settleIdentity(
  folder: FolderRow,
  look: FolderLook,
  store: MessageStore,
): Promise<{ current: FolderRow; isOther: boolean }> {
  const { epoch, objectId } = look;
  const isFresh = folder.epoch === null && objectId !== null;
  const current = (isFresh ? await store.adopt(folder, objectId) : null) ?? folder;
  const isOther = current.objectId !== null && objectId !== null && current.objectId !== objectId;
  if (current.epoch === epoch && !look.isReborn && !isOther) return { current, isOther: false };
  return { current: await store.begin(current, epoch, objectId, look.isReborn || isOther), isOther };
}

interface Taking extends Pick<LookWish, 'onNewest'> {
  readonly since: number | null;
  /** This is the second look, its answer counts. */
  readonly isTrusted: boolean;
}

/** Slice by slice, until what is missing has been found. */
async function takeIn(
  folder: FolderRow,
  look: FolderLook,
  { since, isTrusted, onNewest }: Taking,
  { store, now }: SyncPorts,
): Promise<Omit<SyncReport, 'folder' | 'strategy'> | 'suspicious'> {
  const total = { ...NOTHING };
  let found = 0;
  // Of a second look nothing is known: the first one may have written its part.
  let isAsRead = !isTrusted;
  const ahead = new SlicesAhead(look.slices);
  for await (const slice of ahead) {
    const local = await store.known(folder, slice);
    const plan = planSlice(local, slice, since);
    if (!isTrusted && isSuspicious(wholeOf(folder, slice, local.size), plan.forget)) return 'suspicious';
    found += plan.forget.length - plan.list.length;
    const isSettled = slice.missing !== null && found === slice.missing;
    const mark = markOf(slice, isSettled, since, now());
    isAsRead &&= changesNothing(folder, plan, mark);
    const showNewest = listsFirst(total, plan, slice) ? onNewest : undefined;
    // While one is stored the next is on its way, unless the line is wanted for something else in between, or nothing more is.
    if (!showNewest && !isSettled && !slice.isThrough) ahead.ask();
    if (!isAsRead) await store.apply(folder, plan, mark);
    await showNewest?.(folder);
    add(total, plan);
    total.isBehind = isShort(slice, isSettled);
    if (isSettled) break;
    // What came before was named by the server; only what is compared counts against what is missing.
    if (slice.missing === null) found = 0;
  }
  return total;
}

/** The newest messages of a folder of which there is more to come. */
const listsFirst = (total: { readonly listed: number }, { list }: SlicePlan, { isThrough }: FolderSlice): boolean =>
  total.listed === 0 && list.length > 0 && !isThrough;

/** What the server names as gone is a part of the folder; what a comparison misses is a part of what it covers. */
const wholeOf = ({ totalCount }: FolderRow, { gone }: FolderSlice, known: number): number =>
  gone.length > 0 ? Math.max(known, totalCount) : known;

const isShort = ({ missing }: FolderSlice, isSettled: boolean): boolean =>
  !isSettled && missing !== null && missing < 0;

function add(
  total: { listed: number; changed: number; forgotten: number },
  { list, setFlags, forget }: SlicePlan,
): void {
  total.listed += list.length;
  total.changed += setFlags.length;
  total.forgotten += forget.length;
}

/** Whether a slice says what the row, as long as nothing was written since it was read, says already. */
function changesNothing(folder: FolderRow, plan: SlicePlan, mark: FolderMark): boolean {
  const isAsCounted = folder.departed === 0 && (folder.uncountedSince ?? null) === null;
  const isSame = mark.cursor === null || (isAsCounted && isDeepStrictEqual(mark.cursor, folder.cursor));
  return isSame && mark.through === null && plan.list.length + plan.setFlags.length + plan.forget.length === 0;
}

function markOf(slice: FolderSlice, isSettled: boolean, since: number | null, at: number): FolderMark {
  const through = slice.isThrough ? { at, since } : null;
  return { cursor: isSettled ? slice.settled : slice.cursor, at, through };
}

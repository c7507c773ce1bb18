import { isClosed, troubledFolders } from '../accounts/account-health';
import type { MailParser } from '../ports/mail-parser';
import type { AccountRow, FolderRow } from '../ports/records';
import type { FolderNews } from '../ports/session';
import type { LookOutcome } from '../ports/stores';
import { MailError } from '../errors/mail-error';
import { beside } from './before-pass';
import { confirmedList, NO_NEWS } from './confirmed-list';
import { deepenFolder } from './deepen-folder';
import { BUDGET, isSaid, planLook, turnsOnWishes, type FolderKnowledge, type LookPlan } from './plan-look';
import { isLoss } from './folder-trouble';
import { withoutHollow } from './hollow-folders';
import type { Rethreading } from './rethread-account';
import { isBusy, isOfFolder, syncFolder, type LookWish, type SyncPorts, type SyncReport } from './sync-folder';

/** Bodies read with a look. */
const FEW_BODIES = 100;
/** Bodies read in a turn of reading, which ends when something else is due. */
const MANY_BODIES = 1_000;
/** Headers, likewise: the line is empty where one reading ends and the next begins. So many where all that was asked for before was read on end. */
const HEADS = 1_000;
const MANY_HEADS = 5_000;
/** With a look at the inbox: others wait for it. */
const READ_WITH_LOOK_MS = 2_000;
/** Where a mailbox is read as a whole: with its header, such a mail is not much longer than what the list needs of it. */
const SMALL_BYTES = 8 * 1024;
/** What lies nowhere may have been moved while we looked; where a folder cannot be read it may lie there for days. */
const REST_MS = 60 * 60_000;
const REST_IN_TROUBLE_MS = 7 * 24 * REST_MS;
const SWEEP_EVERY_MS = 60 * 60_000;

export interface AccountSyncPorts extends SyncPorts {
  readonly signal: AbortSignal;
  /** How far mail of earlier rules is threaded again. */
  readonly rethreading: Rethreading;
  /** Messages compared in one look that repeats itself; `BUDGET` by default. */
  readonly budget?: number;
  /** How much is read and stored together; see `DeepenPorts`. */
  readonly batch?: number;
  readonly few?: number;
  readonly smallBytes?: number;
  readonly pause?: () => Promise<void>;
  readonly parser?: MailParser;
  readonly index?: () => Promise<unknown>;
  /** Something that a browser should show has changed. */
  readonly changed: () => void;
  /** The newest mails of a first look can be seen: gives whoever was told of them time to ask for them. */
  readonly shown?: () => Promise<void>;
  readonly folderFailed: (folder: FolderRow, error: MailError, restsUntil?: number | null) => Promise<void>;
  /** Runs what reads many mails when it is this mailbox's turn; false when it has to wait. At once where nobody shares the process. */
  readonly inTurn?: (work: () => Promise<boolean>) => Promise<boolean>;
  readonly folderLooked: (report: SyncReport) => Promise<void>;
}

/**
 * A pass over an account: folder list with a STATUS of each, then a look into every folder that has news, then the headers of what
 * is new. The inbox comes first and is readable at once. Bodies are read afterwards, see `catchUp`.
 * @param known the folders as they are here, where that was asked already
 * @param aside work that has to be over before mail is read, and does not touch folders
 */
export async function syncAccount(
  account: AccountRow,
  ports: AccountSyncPorts,
  known?: readonly FolderRow[],
  aside: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const { store } = ports;
  // What is compared with the server's counts is what was here before it was asked.
  const before = await countedFolders(account, store, known);
  const listed = confirmedList(before, ports).then((all) => withoutHollow(all, before, ports));
  const remote = await beside(listed, aside());
  const news = new Map(remote.map((folder) => [folder.path, folder.news]));
  const saved = await store.saveFolders(account, remote, before);
  const folders = saved.filter((folder) => folder.isSelectable);
  const knownOf = (folder: FolderRow): Knowledge => knowledgeOf(account, folder, news.get(folder.path) ?? NO_NEWS);
  // Asked for after the counts were read: whatever they do not agree with the server for is among them.
  const isInDoubt = folders.some((folder) => turnsOnWishes(knownOf(folder)));
  const wishes = isInDoubt ? await store.wishes(account.id) : new Set();
  const quiet: LookOutcome[] = [];
  const failures: MailError[] = [];
  for (const folder of ports.trouble.inOrder(folders)) {
    if (ports.signal.aborted) return;
    if (ports.trouble.isResting(folder, ports.now())) continue;
    const failure = await guarded(folder, ports, async () => {
      const readNewest = async (newest: FolderRow): Promise<void> => {
        await deepen(newest, ports);
        if (!ports.signal.aborted) await ports.shown?.();
      };
      const onNewest = folder.role === 'inbox' ? readNewest : undefined;
      const knowledge = { ...knownOf(folder), hasWishes: wishes.has(folder.id) };
      const plan = planLook(knowledge, ports.now(), ports.budget ?? BUDGET);
      const { depth, unreadGap } = plan;
      if (depth === 'none') {
        ports.trouble.wasQuiet(folder);
        if (!isSaid(folder, unreadGap)) quiet.push({ folder, unreadGap, objectId: folder.objectId });
        return;
      }
      const report = await watched(folder, ports, () => look(account, folder, { ...plan, depth, onNewest }, ports));
      // The newest mails of the inbox are readable before the next folder is listed.
      if (folder.role === 'inbox') await deepenWithLook(report.folder, ports);
    });
    if (failure) failures.push(failure);
  }
  if (ports.signal.aborted) return;
  // Each by itself would be a folder's trouble; all of them are the server's.
  if (failures.length > 1 && failures.length === folders.length && failures.every(isBusy))
    throw new MailError('EMAIL_SERVER_UNREACHABLE', { cause: failures[0] });
  await finishPass(account, before, quiet, ports);
}

async function finishPass(
  account: AccountRow,
  before: readonly FolderRow[],
  quiet: readonly LookOutcome[],
  ports: AccountSyncPorts,
): Promise<void> {
  const { store } = ports;
  const [hasLooseEnds] = await Promise.all([
    store.hasLooseEnds(account.id),
    store.finishPass(account.id, quiet, ports.now()),
  ]);
  if (hasLooseEnds) {
    await store.dropGone(account, new Set(before.map(({ id }) => id)), ports.now());
    await store.recount(account.id);
  }
  ports.changed();
}

async function countedFolders(
  account: AccountRow,
  store: AccountSyncPorts['store'],
  known?: readonly FolderRow[],
): Promise<readonly FolderRow[]> {
  const folders = known ?? (await store.folders(account.id));
  if (!folders.some(({ needsCount }) => needsCount)) return folders;
  await store.recount(account.id);
  return store.folders(account.id);
}

type Knowledge = Omit<FolderKnowledge, 'hasWishes'>;

function knowledgeOf(account: AccountRow, folder: FolderRow, news: FolderNews): Knowledge {
  const { scannedAt, unreadGap, listedSince, epoch, unreadCount: unread } = folder;
  const isNew = epoch === null || scannedAt === null;
  const since = account.syncSince;
  const wantsOlder = !isNew && listedSince !== null && (since === null || since < listedSince);
  const [departed, hasUncounted] = [folder.departed ?? 0, (folder.uncountedSince ?? null) !== null];
  return { news, isNew, unread, departed, hasUncounted, unreadGap, scannedAt, wantsOlder };
}

interface Wish extends Omit<LookPlan, 'depth'> {
  readonly depth: 'changes' | 'everything';
  readonly hints?: readonly number[];
  readonly onNewest?: LookWish['onNewest'];
}

async function look(account: AccountRow, folder: FolderRow, wish: Wish, ports: AccountSyncPorts): Promise<SyncReport> {
  const report = await syncFolder(account, folder, wish, ports);
  await ports.store.recount(account.id);
  if (report.listed + report.changed + report.forgotten > 0) ports.changed();
  await ports.folderLooked(report);
  return report;
}

/** A look at one folder after the server reported something, with the content of what is new. */
export async function syncNow(
  account: AccountRow,
  folder: FolderRow,
  hints: readonly number[],
  ports: AccountSyncPorts,
): Promise<SyncReport> {
  const budget = ports.budget ?? BUDGET;
  const wish = { depth: 'changes', budget, hints, unreadGap: folder.unreadGap, reason: 'now' } as const;
  const report = await watched(folder, ports, () => look(account, folder, wish, ports));
  await deepen(report.folder, ports);
  return report;
}

/** The newest small mails whole, for most of them will be wanted; but others wait for this look. */
async function deepenWithLook(folder: FolderRow, ports: AccountSyncPorts): Promise<void> {
  const until = ports.now() + READ_WITH_LOOK_MS;
  const mayGoOn = (): boolean => ports.now() < until;
  const smallBytes = ports.smallBytes ?? SMALL_BYTES;
  if (!ports.signal.aborted) await deepenFolder(folder, FEW_BODIES, { ...ports, smallBytes, mayGoOn });
}

async function deepen(folder: FolderRow, ports: AccountSyncPorts): Promise<void> {
  if (!ports.signal.aborted) await deepenFolder(folder, FEW_BODIES, ports);
}

/**
 * Reads what is still missing: headers of all folders first, then bodies, the inbox before the others, until nothing is left or
 * `mayGoOn` says that something else is due.
 * @returns false when there is more
 */
async function readSome(account: AccountRow, ports: AccountSyncPorts, mayGoOn: () => boolean): Promise<boolean> {
  const isMissing = (await ports.store.lacks(account.id, 'head')) || (await ports.store.lacks(account.id, 'full'));
  if (!isMissing) return true;
  const work = (): Promise<boolean> => readFolders(account, ports, mayGoOn);
  return ports.inTurn ? ports.inTurn(work) : work();
}

async function readFolders(account: AccountRow, ports: AccountSyncPorts, mayGoOn: () => boolean): Promise<boolean> {
  const folders = (await ports.store.folders(account.id)).filter(
    (folder) => folder.isSelectable && folder.epoch !== null && !ports.trouble.isResting(folder, ports.now()),
  );
  folders.sort((a, b) => Number(b.role === 'inbox') - Number(a.role === 'inbox'));
  // One batch in any case: whoever asks all the time must not keep mail from being read.
  let hasRead = false;
  for (const depth of ['head', 'full'] as const) {
    for (const folder of folders) {
      let more = true;
      let heads = HEADS;
      while (more) {
        if (ports.signal.aborted || (hasRead && !mayGoOn())) return false;
        more = false;
        await guarded(folder, ports, async () => {
          if (depth === 'head' && (await ports.store.shallow(folder, 'head', 1)).length === 0) return;
          const smallBytes = ports.smallBytes ?? SMALL_BYTES;
          const count = await deepenFolder(folder, MANY_BODIES, { ...ports, mayGoOn, heads, smallBytes });
          if (count >= heads) heads = MANY_HEADS;
          more = count > 0;
          hasRead ||= more;
        });
      }
    }
  }
  return true;
}

/** Reads what is missing, and then threads again what earlier rules have threaded; false when there is more of either. */
export async function catchUp(account: AccountRow, ports: AccountSyncPorts, mayGoOn: () => boolean): Promise<boolean> {
  return (await readSome(account, ports, mayGoOn)) && ports.rethreading.some(account.id, ports, mayGoOn);
}

/**
 * Tidies up once everything is read: rows of past epochs, and from time to time contents that lie nowhere any more.
 * @param sweptAt when the latter were looked for last, ms; null: not yet
 * @returns the same, afterwards, and how many folders cannot be read
 */
export async function tidy(
  account: AccountRow,
  ports: AccountSyncPorts,
  sweptAt: number | null,
): Promise<{ sweptAt: number | null; troubled: number }> {
  const { store } = ports;
  const [folders, now] = [await store.folders(account.id), ports.now()];
  const troubled = troubledFolders(folders);
  const listed = folders.filter(({ scannedAt }) => scannedAt !== null);
  await store.dropPast(listed, now);
  if (await store.recount(account.id)) ports.changed();
  // What nobody can open must not keep what is gone elsewhere from being removed; it is waited for longer, below.
  const isListed = folders.every((folder) => folder.scannedAt !== null || !folder.isSelectable || isClosed(folder));
  // It goes through all messages of the account.
  if (!isListed || (sweptAt !== null && now - sweptAt < SWEEP_EVERY_MS)) return { sweptAt, troubled };
  await store.sweep(account, { now, restMs: troubled > 0 ? REST_IN_TROUBLE_MS : REST_MS });
  return { sweptAt: now, troubled };
}

/**
 * A folder that vanished or cannot be opened must not stop the others; a lost connection stops the pass.
 * @returns what was wrong with the folder
 */
export async function guarded(
  folder: FolderRow,
  ports: Pick<AccountSyncPorts, 'folderFailed'>,
  work: () => Promise<void>,
): Promise<MailError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof MailError) || !isOfFolder(error)) throw error;
    await ports.folderFailed(folder, error);
    return error;
  }
}

/** Remembers at which folder the line was lost. */
async function watched(
  folder: FolderRow,
  ports: AccountSyncPorts,
  work: () => Promise<SyncReport>,
): Promise<SyncReport> {
  const { trouble, signal, now, folderFailed } = ports;
  try {
    const report = await work();
    trouble.wentWell(folder, report.folder);
    return report;
  } catch (error) {
    if (isLoss(error, signal)) {
      // A large folder over a bad line gets on with every slice.
      const isFurther = (await ports.store.folderById(folder.accountId, folder.id))?.cursor !== folder.cursor;
      if (!isFurther) trouble.lost(folder, now());
      if (trouble.isResting(folder, now())) await folderFailed(folder, error, trouble.restsUntil(folder));
    }
    throw error;
  }
}

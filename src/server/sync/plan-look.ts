import type { FolderRow } from '../ports/records';
import type { FolderNews, Look } from '../ports/session';

/** What is known here of a folder before it is looked at. */
export interface FolderKnowledge {
  readonly news: FolderNews;
  /** Never compared to its end. */
  readonly isNew: boolean;
  /** Unread messages by the flags the server last named. */
  readonly unread: number;
  /** Changes made here that the server has not heard: its counts are about to change. */
  readonly hasWishes: boolean;
  /** Messages that left by our own doing, and that the server must count less by now. */
  readonly departed: number;
  /** Messages are known here that were not there when the server was asked last. */
  readonly hasUncounted: boolean;
  /** How many more unread ones the server has than we, when both were quiet last; null: not known yet. */
  readonly unreadGap: number | null;
  /** When every message was last compared, ms; null: never. */
  readonly scannedAt: number | null;
  /** Mail older than what was listed is wanted now. */
  readonly wantsOlder: boolean;
}

export interface LookPlan {
  readonly depth: Look['depth'] | 'none';
  /** Messages to compare one by one. */
  readonly budget: number;
  readonly reason: string;
  /** To be remembered. */
  readonly unreadGap: number | null;
}

/** A first look goes through in one piece, whatever its size; what repeats itself is bounded. */
const FIRST = Number.MAX_SAFE_INTEGER;
/** Ten thousand messages are about 600 KB of FETCH answers. */
export const BUDGET = 10_000;
/** Without CONDSTORE a flag that changes without changing the number of unread ones is only seen by comparing all. */
const SCAN_EVERY_MS = 30 * 60_000;
/** With CONDSTORE there is nothing left to find but what a server that breaks the rules has hidden. */
const VERIFY_EVERY_MS = 24 * 60 * 60_000;

/**
 * Whether a folder needs to be looked into, how closely, and why. Pure.
 * @param most messages to compare in a look that repeats itself
 */
export function planLook(known: FolderKnowledge, now: number, most: number): LookPlan {
  const { news, unreadGap } = known;
  const plan = (depth: LookPlan['depth'], reason: string, budget = most, gap = unreadGap): LookPlan => ({
    depth,
    budget,
    reason,
    unreadGap: gap,
  });
  if (known.isNew) return plan('changes', 'not listed yet', FIRST);
  if (known.wantsOlder) return plan('everything', 'older mail is wanted', FIRST);
  const every = news.namesFlags ? VERIFY_EVERY_MS : SCAN_EVERY_MS;
  if (known.scannedAt === null || now - known.scannedAt >= every)
    return plan('everything', 'flags have not been compared for a while', most, null);
  if (news.kind === 'some') return plan('changes', 'the server has news');
  if (news.kind === 'unknown') return plan('changes', 'the server did not say');
  if (known.departed > 0) return plan('changes', 'what has left here is counted there still');
  if (known.hasUncounted) return plan('changes', 'what has come since is not counted there');
  const gap = gapOf(known);
  if (gap !== null && unreadGap !== null && gap !== unreadGap)
    return plan('everything', 'the number of unread messages differs', most, null);
  return plan('none', 'nothing has happened', most, gap ?? unreadGap);
}

/** Whether it matters if changes made here are on their way: they explain a number of unread messages that differs. Pure. */
export function turnsOnWishes(known: Omit<FolderKnowledge, 'hasWishes'>): boolean {
  const gap = gapOf({ ...known, hasWishes: false });
  return gap !== null && gap !== known.unreadGap;
}

/**
 * Whether nothing is to be written of a folder without news: nearly always its row says all of it already. An inbox in trouble is opened right
 * after the pass, and only that tells whether it can be: until then it stays in trouble. Pure.
 * @param gap its `unreadGap` by now
 */
export function isSaid(
  folder: Pick<FolderRow, 'role' | 'lastSyncAt' | 'errorCode' | 'unreadGap'>,
  gap: number | null,
): boolean {
  const { role, lastSyncAt, errorCode, unreadGap } = folder;
  if (errorCode) return role === 'inbox';
  return lastSyncAt !== null && unreadGap === gap;
}

/** How many more unread messages the server has than we; null when either side is about to change, or where it says nothing that the server does not name. */
function gapOf({ news, hasWishes, unread }: FolderKnowledge): number | null {
  return news.namesFlags || news.unseen === null || hasWishes ? null : news.unseen - unread;
}

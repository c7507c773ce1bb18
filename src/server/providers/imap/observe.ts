import type { FetchMessageObject, MailboxObject } from 'imapflow';
import { countUids, mergeRanges, type UidRange } from '../../mail/uid-ranges';
import type { FolderLook, FolderSlice, Look, RemoteState } from '../../ports/session';
import { isStateAnswer } from './answers';
import { chooseStrategy, type FolderFacts } from './choose-strategy';
import type { ImapClient } from './client';
import { readCursor, writeCursor, type Mark, type Sweep } from './folder-cursor';
import { objectKey } from '../../mail/storable';
import { fetchPatiently } from './patient-fetch';
import { SLICE, slice, STATE_QUERY, stateOf, type Observation } from './states';
import { peekAtTop, startOf, sweep, sweepTop, TOP } from './sweep';
import { vanishedOf, type Expunged } from './vanished';

/** As long as the column. */
const LONGEST_MAILBOX_ID = 255;

/**
 * Opens a folder and says what has happened in it since the cursor. SELECT's numbers are taken before anything is fetched:
 * what changes while we read is seen again next time (I1).
 */
export async function observeFolder(
  client: ImapClient,
  path: string,
  look: Look,
  sliceSize = SLICE,
): Promise<FolderLook> {
  const facts = factsOf(client, await client.mailboxOpen(path, { readOnly: true }));
  const mark = readCursor(look.since);
  const highestUid = await unlessShown(client, facts, look.highestUid ?? null);
  const choice = chooseStrategy(facts, mark, { ...look, highestUid });
  const { epoch, objectId } = facts;
  const slices = slicesOf({ client, facts, choice, look, sliceSize, mark: choice.kind === 'first' ? null : mark });
  const { kind, reason, isReborn } = choice;
  return { epoch, objectId, isReborn, strategy: { kind, reason }, slices };
}

/** A UID that is above UIDNEXT and known; null where the newest message is above it, too: then UIDNEXT is what is wrong. */
async function unlessShown(
  client: ImapClient,
  { uidNext, exists }: FolderFacts,
  uid: number | null,
): Promise<number | null> {
  if (uid === null || uidNext === null || uid < uidNext || exists === 0) return uid;
  for await (const newest of client.fetch(String(exists), { uid: true })) if (newest.uid >= uidNext) return null;
  return uid;
}

/** MAILBOXID (RFC 8474) of a folder that was opened, as it is kept; null where the server does not say. Pure. */
export const objectIdOf = ({ mailboxId }: MailboxObject): string | null =>
  typeof mailboxId === 'string' ? objectKey(mailboxId, LONGEST_MAILBOX_ID) : null;

/** Copied at once: imapflow raises these numbers while it fetches. */
function factsOf(client: ImapClient, mailbox: MailboxObject): FolderFacts {
  const { uidValidity, uidNext, exists, highestModseq, noModseq } = mailbox;
  return {
    epoch: String(uidValidity),
    objectId: objectIdOf(mailbox),
    exists,
    // UIDs ascend from 1 (RFC 9051 §2.3.1.1): one that is not above the count is none, and all would seem to have come after it.
    uidNext: uidNext > exists ? uidNext : null,
    modseq: highestModseq && !noModseq ? String(highestModseq) : null,
    extensions: { condstore: client.enabled.has('CONDSTORE'), qresync: client.enabled.has('QRESYNC') },
  };
}

async function* slicesOf(seen: Observation): AsyncGenerator<FolderSlice> {
  const { facts, mark } = seen;
  if (mark === null) {
    const { epoch, exists, modseq, uidNext } = facts;
    const first = { epoch, next: uidNext ?? 1, exists, modseq, sweep: null };
    yield* sweep(seen, first, startOf(facts, null, false, TOP), null);
    return;
  }
  const news: News = { named: new Set(), highest: mark.next - 1, gone: 0, isRefused: false, late: null };
  yield* hinted(seen);
  yield* seen.choice.kind === 'plain' ? arrivals(seen, mark, news) : changes(seen, mark, news);
  const departed = seen.look.departed ?? 0;
  const hasGap = missingOf(facts, mark, news, departed).missing >= 0 && mayHideOne(facts, mark, news);
  const isUncounted = (seen.look.uncounted ?? 0) > 0;
  const isSilent =
    (hasGap || isUncounted) &&
    (yield* sweepTop(seen, mark.next, topOf(facts, news), (message) => note(facts, mark, news, message)));
  const { missing, isOdd } = missingOf(facts, mark, news, departed);
  const base = nextMark(seen, mark, news, missing);
  const isKnown = !isOdd && !(hasGap && isSilent);
  yield* comparisons({ ...seen, mark }, base, isKnown ? missing : null, topOf(facts, news));
}

/**
 * Whether there are more new UIDs than were shown: most often they have gone again, but one may be counted and hidden (Q6), and the count agree because
 * another message has left.
 */
const mayHideOne = ({ uidNext, exists }: FolderFacts, mark: Mark, { named }: News): boolean =>
  exists > 0 && uidNext !== null && uidNext - mark.next > named.size;

/**
 * How many messages are missing and not yet named: what was there, plus what came, less what is there now and what is known to have left.
 * Negative: the server counts more than it showed. A server may name UIDs as gone that we never knew, so they explain no more than is missing.
 *
 * `departed` is what we took away ourselves. The cursor's count is of a SELECT before those moves and erasures (a worker does one thing after
 * the other, and a new cursor sets the number back), so each of them is missing in it exactly once, and its row is settled: comparing would
 * find nothing. A server that names what is gone names these, too. One kind is in no count: what somebody else removed before that SELECT
 * while a long comparison had not come to it yet. Then we subtract one too many, never more than there is, and one message that is really
 * gone stays in sight until everything is compared the next time. But where UIDNEXT says that more came than was shown, what we took away
 * may be made up for by a message that is counted and hidden (Q6): then all of it is subtracted, and the top is looked at. More than the
 * server counts less is odd: it may have said yes to a move and not moved, and only comparing finds that.
 */
function missingOf(
  facts: FolderFacts,
  mark: Mark,
  news: News,
  departed: number,
): { readonly missing: number; readonly isOdd: boolean } {
  const fewer = (mark.exists ?? 0) + news.named.size - facts.exists;
  const most = Math.max(fewer, 0);
  const left = Math.max(Math.min(news.gone, most), departed);
  const mayHide = facts.exists > 0 && facts.uidNext !== null && facts.uidNext > news.highest + 1;
  return { missing: fewer - (mayHide ? left : Math.min(left, most)), isOdd: departed > most && !mayHide };
}

/** What of the folder has to be compared message by message, now that the server has said what it says by itself. */
async function* comparisons(
  seen: Observation & { readonly mark: Mark },
  base: Mark,
  /** Null: how many is not known. */
  missing: number | null,
  top: number,
): AsyncGenerator<FolderSlice> {
  const { facts, choice } = seen;
  const stopped = stoppedAt(seen);
  const isUnderWay = stopped !== null;
  if (!isUnderWay && !choice.sweeps && missing !== null && missing < 0) yield* peekAtTop(seen, base, missing, top);
  else if (!isUnderWay && !choice.sweeps && missing === 0) yield slice({ cursor: writeCursor(base) });
  else {
    // An interrupted comparison goes on downwards; what happened above it meanwhile is the next one's.
    const again = isUnderWay && (stopped.again || mayBeGone(missing));
    const hint = isUnderWay || choice.sweeps ? null : missing;
    yield* sweep(seen, base, startOf(facts, stopped, again, top), hint);
  }
}

/** What is counted and not shown yet stays missing in the count, and is looked for there: no reason to compare anything once more. */
const mayBeGone = (missing: number | null): boolean => missing === null || missing > 0;

/**
 * Where a comparison goes on. Where everything fits into a look, there is no reason to do so in the middle; but what never answers is asked for twice
 * only.
 */
function stoppedAt({ facts, look, choice, mark }: Observation & { readonly mark: Mark }): Sweep | null {
  const stopped = mark.sweep;
  const isRepeat = stopped?.isRepeat === true;
  if (look.budget < facts.exists || !(choice.sweeps || isRepeat)) return stopped;
  return isRepeat ? { left: facts.exists, above: TOP, again: false, isRepeat } : null;
}

/**
 * The next mark. A server that counts more messages than it showed us (Q6: a new UID becomes visible a moment after EXISTS)
 * may still show one below UIDNEXT: then neither the place from which everything is new nor the count goes past what we saw. What it refuses to tell of is
 * asked for again, with all that has changed since, until everything is compared.
 */
function nextMark({ facts, choice }: Observation, mark: Mark, news: News, missing: number): Mark {
  const { highest, late, isRefused } = news;
  const { epoch, exists } = facts;
  const modseq = isRefused && !choice.sweeps ? mark.modseq : facts.modseq;
  // What came after the messages were counted is new again next time, whatever UIDNEXT says.
  const uidNext = facts.uidNext === null ? null : Math.min(facts.uidNext, late ?? TOP);
  const seen = Math.max(mark.next, highest + 1);
  if (missing < 0) return { epoch, next: seen, exists: Math.max(exists + missing, 0), modseq, sweep: null };
  return { epoch, next: uidNext ?? seen, exists, modseq, sweep: null };
}

interface News {
  /** UIDs of SELECT's count that are new since the cursor. */
  readonly named: Set<number>;
  highest: number;
  /** Messages that the server named as gone. */
  gone: number;
  /** It refuses to tell of a message what has changed. */
  isRefused: boolean;
  /** Lowest UID of what it named although it came after SELECT: numbers up to SELECT's count say nothing about it. */
  late: number | null;
}

/** Up to where (exclusive) a comparison by sequence numbers covers the UIDs: of what lies above this SELECT knows nothing. */
const topOf = ({ uidNext }: FolderFacts, { late }: News): number => Math.min(uidNext ?? TOP, late ?? TOP);

/** What a message that the server speaks of says about what is new. It may speak of one twice. */
function note(
  { uidNext, exists }: FolderFacts,
  mark: Mark,
  news: News,
  { uid, seq }: { readonly uid: number; readonly seq: number },
): void {
  if (seq > exists || (uidNext !== null && uid >= uidNext)) news.late = Math.min(news.late ?? TOP, uid);
  else {
    news.highest = Math.max(news.highest, uid);
    if (uid >= mark.next) news.named.add(uid);
  }
}

/** Messages the server has just spoken of during IDLE. Their numbers may have shifted; then we learn something else that is true. */
async function* hinted({ client, facts, look, sliceSize }: Observation): AsyncGenerator<FolderSlice> {
  const numbers = (look.hints ?? []).filter((seq) => seq >= 1 && seq <= facts.exists).slice(0, sliceSize);
  if (numbers.length === 0) return;
  const states: RemoteState[] = [];
  const each = numbers.map((seq) => ({ from: seq, to: seq }));
  for await (const message of fetchPatiently(client, numbers.join(','), each, STATE_QUERY))
    if (isStateAnswer(message)) states.push(stateOf(facts.epoch, message));
  yield slice({ states });
}

/** Above it SELECT knows of nothing. */
const lastUidOf = ({ uidNext }: FolderFacts): number => Math.max(1, (uidNext ?? TOP) - 1);

/** `UID n:*` answers with the last old message when nothing is new (RFC 9051 §9, `*`; Q6), so old ones are dropped. */
async function* arrivals(seen: Observation, mark: Mark, news: News): AsyncGenerator<FolderSlice> {
  const { client, facts } = seen;
  if (facts.exists === 0 || facts.uidNext === mark.next) return;
  const within = [{ from: mark.next, to: Math.max(mark.next, lastUidOf(facts)) }];
  const fetched = fetchPatiently(client, `${mark.next}:*`, within, STATE_QUERY, { uid: true });
  yield* inSlices(seen, fetched, mark, news, (message) => message.uid >= mark.next);
}

/** Everything whose MODSEQ rose: arrivals and flags, and with QRESYNC what vanished (RFC 7162 §3.1.4, §3.2.6). */
async function* changes(seen: Observation, mark: Mark, news: News): AsyncGenerator<FolderSlice> {
  const { client, facts } = seen;
  if (facts.exists === 0 || facts.modseq === mark.modseq) return;
  const named: UidRange[] = [];
  const vanished = (event: Expunged): void => {
    for (const { from, to } of vanishedOf(event))
      if (from < mark.next) named.push({ from, to: Math.min(to, mark.next - 1) });
  };
  client.on('expunge', vanished);
  try {
    const options = { uid: true, changedSince: BigInt(mark.modseq ?? 0) };
    const refused = (): void => void (news.isRefused = true);
    const how = { ...options, refused };
    const fetched = fetchPatiently(client, '1:*', [{ from: 1, to: lastUidOf(facts) }], STATE_QUERY, how);
    yield* inSlices(seen, fetched, mark, news, () => true);
  } finally {
    client.off('expunge', vanished);
  }
  if (named.length === 0) return;
  const gone = mergeRanges(named);
  news.gone = countUids(gone);
  yield slice({ gone });
}

async function* inSlices(
  { facts, sliceSize }: Observation,
  messages: AsyncIterable<FetchMessageObject>,
  mark: Mark,
  news: News,
  isWanted: (message: FetchMessageObject) => boolean,
): AsyncGenerator<FolderSlice> {
  let states = new Map<number, RemoteState>();
  for await (const message of messages) {
    if (!isStateAnswer(message) || !isWanted(message)) continue;
    note(facts, mark, news, message);
    states.set(message.uid, stateOf(facts.epoch, message));
    if (states.size < sliceSize) continue;
    yield slice({ states: [...states.values()] });
    states = new Map();
  }
  if (states.size > 0) yield slice({ states: [...states.values()] });
}

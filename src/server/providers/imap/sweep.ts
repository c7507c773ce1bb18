import { MailError } from '../../errors/mail-error';
import { splitRemoteId } from '../../mail/ids';
import { LAST_UID, type FolderCursor, type FolderSlice, type RemoteState, type UidRange } from '../../ports/session';
import type { FolderFacts } from './choose-strategy';
import { isStateAnswer } from './answers';
import { completeRanges, NOTHING_THERE } from './complete-ranges';
import { writeCursor, type Mark, type Sweep } from './folder-cursor';
import { fetchPatiently } from './patient-fetch';
import { slice, STATE_QUERY, stateOf, type Observation } from './states';

/** Above every UID. */
export const TOP = LAST_UID + 1;
const FIRST_WINDOW = 250;
/** Messages in a row that a server counts and does not show. */
const MOST_UNANSWERED = 5_000;

/**
 * Where a comparison begins: at the newest message, or where the last one had to stop.
 * @param top the first UID that came after the messages were counted, or `TOP`
 */
export function startOf(facts: FolderFacts, stopped: Sweep | null, again: boolean, top: number): Sweep {
  const { isRepeat } = stopped ?? {};
  // One that begins once more does so with what is there by now: what came since lies above the messages that were there then.
  return stopped === null || stopped.above === TOP
    ? { left: facts.exists, above: top, again: false, isRepeat }
    : { ...stopped, left: Math.min(stopped.left, facts.exists), again };
}

/**
 * Compares the folder from the newest message down, in windows of sequence numbers: their size is known however sparse the
 * UIDs are, and a server may not send EXPUNGE in answer to a plain FETCH (RFC 9051 §7.5.1), so numbers hold still within one.
 * Stops when the budget is spent; the cursor of the last slice says where to go on.
 */
export async function* sweep(
  seen: Observation,
  base: Mark,
  start: Sweep,
  missing: number | null,
): AsyncGenerator<FolderSlice> {
  const { facts, look, sliceSize } = seen;
  let { left, above, hasHoles = false } = start;
  let { next } = base;
  const now = (): Sweep => ({ ...start, left, above, hasHoles });
  const isThrough = (): boolean => left === 0 && !start.again && !hasHoles;
  let unanswered = 0;
  // Where all that was counted has answered, nothing is hidden any more: then what SELECT said holds.
  let isWhole = left === facts.exists && above === (facts.uidNext ?? TOP);
  // What is silent in the repeat, too, is the server's own, and no reason to look at the top for ever.
  const isOwn = isWhole && start.isRepeat === true;
  const seenAll = (): Partial<Mark> =>
    left === 0 && (isWhole || isOwn) ? { exists: facts.exists, next: facts.uidNext ?? next } : {};
  const cursor = (): FolderCursor => writeCursor({ ...base, next, ...seenAll(), sweep: restOf(facts, now()) });
  if (left === 0) {
    const isEmpty = facts.exists === 0;
    yield slice({ complete: isEmpty ? NOTHING_THERE : [], isThrough: isEmpty, cursor: cursor() });
    return;
  }
  // The first window of a first look is small: it is what a reader waits for.
  let size = seen.mark === null ? Math.min(sliceSize, FIRST_WINDOW) : sliceSize;
  for (let budget = look.budget; left > 0 && budget > 0; size = sliceSize) {
    const from = Math.max(1, left - size + 1);
    const { states, answered } = await fetchWindow(seen, from, left);
    budget -= left - from + 1;
    next = nextOf(facts, next, answered);
    unanswered = answered.length === 0 ? unanswered + 1 : 0;
    const isFull = isWindowFull(answered, from, left);
    isWhole &&= isFull;
    // What is silent twice stays so. At a first look, too: nothing can be gone yet, but something may be missing (Q6).
    hasHoles ||= !isFull && start.isRepeat !== true;
    refuseNonsense(unanswered * sliceSize);
    const covered = completeRanges({ from, to: left, above, answered });
    left = from - 1;
    above = covered.above;
    yield slice({
      states,
      complete: covered.ranges,
      missing,
      isThrough: isThrough(),
      cursor: cursor(),
      settled: writeCursor({ ...base, next }),
    });
  }
}

/** Where the server does not say UIDNEXT, it is above what it shows. */
const nextOf = ({ uidNext }: FolderFacts, next: number, answered: readonly Answered[]): number =>
  uidNext === null ? Math.max(next, ...answered.map(({ uid }) => uid + 1)) : next;

const isWindowFull = (answered: readonly Answered[], from: number, to: number): boolean =>
  new Set(answered.map(({ seq }) => seq)).size > to - from;

/** Some may have gone since SELECT. So many that are counted and not there are nonsense, and would take hours of asking. */
function refuseNonsense(unanswered: number): void {
  if (unanswered > MOST_UNANSWERED) throw new MailError('EMAIL_FOLDER_BUSY');
}

/**
 * A look at the newest messages only: the server counts more than it showed, and what it hides is new, so it lies on top. Where all of the top
 * answers and nothing there is new, nothing is hidden: our count was wrong, and the server's is taken, or we would look for ever.
 */
export async function* peekAtTop(
  seen: Observation,
  base: Mark,
  missing: number,
  top: number,
): AsyncGenerator<FolderSlice> {
  const { facts } = seen;
  const from = Math.max(1, facts.exists - seen.sliceSize + 1);
  const { states, answered } = await fetchWindow(seen, from, facts.exists);
  const { ranges } = completeRanges({ from, to: facts.exists, above: top, answered });
  const next = facts.uidNext === null ? base.next : Math.min(facts.uidNext, top);
  const found = writeCursor({ ...base, next, exists: facts.exists });
  const isWhole = new Set(answered.map(({ seq }) => seq)).size > facts.exists - from;
  const isBare = isWhole && answered.every(({ uid }) => uid < base.next);
  yield slice({ states, complete: ranges, missing, cursor: isBare ? found : writeCursor(base), settled: found });
}

/**
 * The newest messages once more, down to the first that an earlier SELECT counted: what we know above it, and have learnt otherwise (COPYUID, or
 * a FETCH after the SELECT), is in no count that could tell that it has left. Around what does not answer nothing is said, as ever.
 * @param counted the first UID that was in no count
 * @param top as in `startOf`
 * @param shown gets each message that is there
 * @returns whether one of those above did not answer
 */
export async function* sweepTop(
  seen: Observation,
  counted: number,
  top: number,
  shown: (message: Answered) => void,
): AsyncGenerator<FolderSlice, boolean> {
  const { facts, look, sliceSize } = seen;
  const only = ({ from, to }: UidRange): UidRange[] => (to < counted ? [] : [{ from: Math.max(from, counted), to }]);
  if (facts.exists === 0) yield slice({ complete: only({ from: counted, to: top - 1 }) });
  // Nobody knows how many have come besides: each window is twice as large as the one before.
  let size = Math.min(sliceSize, (look.uncounted ?? 0) + 1);
  let above: number | null = top;
  let isSilent = false;
  for (let to = facts.exists; to > 0; size = Math.min(sliceSize, 2 * size)) {
    const from = Math.max(1, to - size + 1);
    const { states, answered } = await fetchWindow(seen, from, to);
    answered.forEach(shown);
    const covered = completeRanges({ from, to, above, answered });
    above = covered.above;
    isSilent ||= hasSilent(answered, from, to, counted);
    to = from - 1;
    const isNew = ({ id }: RemoteState): boolean => splitRemoteId(id).uid >= counted;
    yield slice({ states: states.filter(isNew), complete: covered.ranges.flatMap(only) });
    if (answered.length === 0 || answered.some(({ uid }) => uid < counted)) return isSilent;
  }
  return isSilent;
}

/** Whether a number of a window that is above every message with a UID below `counted` did not answer. */
function hasSilent(answered: readonly Answered[], from: number, to: number, counted: number): boolean {
  const old = answered.filter(({ uid }) => uid < counted).map(({ seq }) => seq);
  const first = Math.max(from, ...old.map((seq) => seq + 1));
  return new Set(answered.map(({ seq }) => seq).filter((seq) => seq >= first)).size < to - first + 1;
}

function restOf(facts: FolderFacts, now: Sweep): Sweep | null {
  if (now.left > 0) return now;
  const isMore = (now.again || now.hasHoles) && facts.exists > 0;
  // What has been asked for twice is not asked for again because something else has left meanwhile.
  const isRepeat = now.hasHoles === true || now.isRepeat === true;
  return isMore ? { left: facts.exists, above: TOP, again: false, isRepeat } : null;
}

interface Answered {
  readonly seq: number;
  readonly uid: number;
}

async function fetchWindow(
  { client, facts }: Observation,
  from: number,
  to: number,
): Promise<{ states: RemoteState[]; answered: Answered[] }> {
  const states = new Map<number, RemoteState>();
  const answered: Answered[] = [];
  for await (const message of fetchPatiently(client, `${from}:${to}`, [{ from, to }], STATE_QUERY)) {
    if (!isStateAnswer(message) || message.seq < from || message.seq > to) continue;
    states.set(message.uid, stateOf(facts.epoch, message));
    answered.push({ seq: message.seq, uid: message.uid });
  }
  return { states: [...states.values()], answered };
}

import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import type { UidRange } from '../../ports/session';
import type { ImapClient } from './client';
import { throttleError } from './connect';
import { imapError } from './errors';

/** Commands that may be refused in a row, and in all, before it is the folder that is refused: each bad message costs one for each halving. */
const MOST_IN_A_ROW = 100;
const MOST_IN_ALL = 2_000;

/** What may be said of a single message: that it cannot be served, is not there, or an answer that nobody understands. */
const REFUSED = new Set(['EMAIL_SERVER_UNREACHABLE', 'EMAIL_FOLDER_CHANGED', 'EMAIL_MESSAGE_UNREADABLE']);

/** Whether the server has refused a command, and the line can be used on: then one of the messages that it named may be the reason. */
export function isRefusal(client: ImapClient, cause: unknown): boolean {
  return client.usable && throttleError(client) === null && REFUSED.has(imapError(cause).code);
}

export interface PatientOptions {
  /** The numbers are UIDs, not sequence numbers. */
  readonly uid?: boolean;
  readonly changedSince?: bigint;
  /** Gets the number of each message that the server refuses to tell of. */
  readonly refused?: (number: number) => void;
}

/**
 * Answers of the selected folder to a FETCH that names many messages, although the server refuses the whole command for one of them: Exchange says
 * “Server Unavailable. 15” for an item that it cannot read, Dovecot SERVERBUG for a broken file. What has come counts (RFC 9051 §6.4.5), and is perhaps
 * told once more; the rest is asked for in halves, down to the message that is refused, which stays silent.
 * @param set the sequence-set, which may end in `*`
 * @param within the same numbers, with an upper end
 * @param query asks for the size, by which answers are told from what is told unasked
 * @throws the refusal where the server refuses another message, too, or too many
 */
export async function* fetchPatiently(
  client: ImapClient,
  set: string,
  within: readonly UidRange[],
  query: FetchQueryObject,
  options: PatientOptions = {},
): AsyncGenerator<FetchMessageObject> {
  const { refused, ...how } = options;
  const state = { inARow: 0, inAll: 0, isAnswering: false };
  async function* ask(asked: string, ranges: readonly UidRange[]): AsyncGenerator<FetchMessageObject> {
    try {
      for await (const message of client.fetch(asked, query, how)) {
        state.isAnswering ||= message.size !== undefined;
        yield message;
      }
      // It serves again: only refusals in a row are its own.
      state.inARow = 0;
    } catch (error) {
      state.inARow += 1;
      state.inAll += 1;
      if (!isRefusal(client, error) || state.inARow > MOST_IN_A_ROW || state.inAll > MOST_IN_ALL) throw error;
      const parts = halvesOf(ranges);
      if (parts.length > 1) for (const part of parts) yield* ask(setOf(part), part);
      else {
        const [{ from }] = ranges;
        state.isAnswering ||= await answersForAnother(client, from, query, how.uid);
        if (!state.isAnswering) throw error;
        refused?.(from);
      }
    }
  }
  yield* ask(set, within);
}

/**
 * Whether the server answers the same question for another message of the selected folder: then its refusal is about the one that was asked for, and
 * not about the folder or itself.
 */
export async function answersForAnother(
  client: ImapClient,
  number: number,
  query: FetchQueryObject,
  isUid = false,
): Promise<boolean> {
  const exists = client.mailbox ? client.mailbox.exists : 0;
  for (const seq of new Set([exists, 1, Math.ceil(exists / 2)])) {
    if (seq < 1) continue;
    try {
      for await (const message of client.fetch(String(seq), { ...query, uid: true }))
        if (message.size !== undefined && (isUid ? message.uid : message.seq) !== number) return true;
    } catch (error) {
      if (!isRefusal(client, error)) throw error;
    }
  }
  return false;
}

/** One list where nothing can be halved any more. */
function halvesOf(ranges: readonly UidRange[]): (readonly UidRange[])[] {
  const middle = Math.ceil(ranges.length / 2);
  if (ranges.length > 1) return [ranges.slice(0, middle), ranges.slice(middle)];
  const [{ from, to }] = ranges;
  if (from >= to) return [ranges];
  const half = Math.floor((from + to) / 2);
  return [[{ from, to: half }], [{ from: half + 1, to }]];
}

const setOf = (ranges: readonly UidRange[]): string =>
  ranges.map(({ from, to }) => (from === to ? String(from) : `${from}:${to}`)).join(',');

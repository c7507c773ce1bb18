import type { FetchMessageObject } from 'imapflow';
import { remoteId, splitRemoteId, type RemoteId } from '../../mail/ids';
import type { RemoteContent, RemotePart } from '../../ports/session';
import { bodyAnswers, fetchAnswer } from './answers';
import type { ImapClient } from './client';
import { flattenStructure, textParts } from './body-parts';
import { imapError, isConnectionLoss } from './errors';
import { answersForAnother, isRefusal } from './patient-fetch';
import { threadQuery } from './thread-query';
import { uidSet } from './uid-set';

/** Mails up to this size come whole in one answer; of larger ones only the head and the text parts are fetched. */
const WHOLE_BYTES = 192 * 1024;
/** Of all text parts of a mail together. */
const LONGEST_TEXT_BYTES = 1024 * 1024;
/** A header that is longer, or has more lines than a body may have, counts as one without an end. */
const LONGEST_HEADER_BYTES = 512 * 1024;
/** A parser takes its time by the line: a megabyte of empty lines holds everything up for seconds. */
const MOST_LINES = 20_000;
const NOTHING = Buffer.alloc(0);
const LINE_END = Buffer.from('\r\n');

/**
 * Raw material of messages in the selected folder, in batches; one sick message spoils neither batch nor folder. While a batch is worked
 * on, the next is already on its way: else the line would be idle all the time that parsing and storing take.
 * @param most messages in a batch
 */
export async function* fetchContents(
  client: ImapClient,
  ids: readonly RemoteId[],
  most: number,
): AsyncIterable<RemoteContent> {
  let coming = fetchAhead(client, ids.slice(0, most));
  for (let at = 0; at < ids.length; at += most) {
    const batch = ids.slice(at, at + most);
    const { got, error } = await coming;
    if (error) passOnLoss(error, client);
    coming = fetchAhead(client, ids.slice(at + most, at + 2 * most));
    if (got) {
      for (const message of got) yield await completeOrFail(client, message, batch[0]);
    } else {
      yield* fetchHalves(client, batch);
    }
  }
}

interface Batch {
  /** Null where the batch failed as a whole. */
  readonly got: readonly FetchMessageObject[] | null;
  readonly error: unknown;
}

/** Never rejects: nobody may be listening any more when it fails. */
function fetchAhead(client: ImapClient, ids: readonly RemoteId[]): Promise<Batch> {
  if (ids.length === 0) return Promise.resolve({ got: [], error: null });
  return fetchBatch(client, ids).then(
    (got) => ({ got, error: null }),
    (error: unknown) => ({ got: null, error }),
  );
}

/**
 * @param client given where one of several messages may be why the server refuses
 * @throws MailError where the line was lost, which spoils the pass; whatever else goes wrong spoils a message
 */
function passOnLoss(cause: unknown, client?: ImapClient): void {
  const error = imapError(cause);
  if (isConnectionLoss(error) && !(client && isRefusal(client, cause))) throw error;
}

/** Another body, to see whether the server serves any. */
const ANOTHER = { uid: true, size: true, source: { start: 0, maxLength: WHOLE_BYTES } } as const;

/**
 * What is said of a message that cannot be read.
 * @throws MailError as `passOnLoss`, and where the server serves no other body either: then it is not this message
 */
async function failed(client: ImapClient, id: RemoteId, cause: unknown): Promise<RemoteContent> {
  passOnLoss(cause, client);
  const error = imapError(cause);
  const isRefused = error.kind === 'transient';
  // Where there is no other, nobody knows.
  const isAlone = client.mailbox && client.mailbox.exists === 1;
  if (isRefused && !isAlone && !(await answersForAnother(client, splitRemoteId(id).uid, ANOTHER, true))) throw error;
  return { kind: 'failed', id, cause, isRefused };
}

/** One message at a time, without its structure. */
export async function* fetchCarefully(client: ImapClient, ids: readonly RemoteId[]): AsyncIterable<RemoteContent> {
  for (const id of ids) yield* fetchAlone(client, id);
}

async function fetchBatch(client: ImapClient, ids: readonly RemoteId[]): Promise<FetchMessageObject[]> {
  const source = { start: 0, maxLength: WHOLE_BYTES };
  const query = { uid: true, size: true, bodyStructure: true, source, ...threadQuery(client) };
  const wanted = new Set(ids.map((id) => splitRemoteId(id).uid));
  return bodyAnswers(await client.fetchAll(uidSet(ids), query, { uid: true }), wanted);
}

/** A batch that failed as a whole, in halves: one sick mail must not cost the others their structure, and with it their files. */
async function* fetchHalves(client: ImapClient, ids: readonly RemoteId[]): AsyncIterable<RemoteContent> {
  if (ids.length === 1) {
    yield* fetchAlone(client, ids[0]);
    return;
  }
  const middle = Math.ceil(ids.length / 2);
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
    const { got, error } = await fetchAhead(client, half);
    if (error) passOnLoss(error, client);
    if (got) for (const message of got) yield await completeOrFail(client, message, half[0]);
    else yield* fetchHalves(client, half);
  }
}

/** Second try for one message of a failed batch: without its structure, which is what usually breaks parsers. */
async function* fetchAlone(client: ImapClient, id: RemoteId): AsyncIterable<RemoteContent> {
  const { uid } = splitRemoteId(id);
  try {
    const query = { uid: true, size: true, source: { start: 0, maxLength: WHOLE_BYTES }, ...threadQuery(client) };
    const messages = await client.fetchAll(String(uid), query, { uid: true });
    for (const message of bodyAnswers(messages, new Set([uid])))
      yield asSource(id, message, message.source ?? Buffer.alloc(0), null);
  } catch (cause) {
    yield await failed(client, id, cause);
  }
}

/** A part that the server refuses spoils its message only; a lost connection spoils the pass. */
async function completeOrFail(
  client: ImapClient,
  message: FetchMessageObject,
  sibling: RemoteId,
): Promise<RemoteContent> {
  try {
    return await complete(client, message, sibling);
  } catch (cause) {
    return failed(client, remoteId(splitRemoteId(sibling).uidValidity, message.uid), cause);
  }
}

async function complete(client: ImapClient, message: FetchMessageObject, sibling: RemoteId): Promise<RemoteContent> {
  const id = remoteId(splitRemoteId(sibling).uidValidity, message.uid);
  const source = message.source ?? Buffer.alloc(0);
  const sizeBytes = message.size ?? source.length;
  // An empty answer for a mail that is not empty is a server's stumble, not a mail without content.
  if (source.length === 0 && sizeBytes > 0)
    return { kind: 'failed', id, cause: new Error('empty answer'), isRefused: false };
  const { threadId = null } = message;
  const parts = message.bodyStructure ? flattenStructure(message.bodyStructure) : null;
  if (!parts || source.length < WHOLE_BYTES) return asSource(id, message, source, parts);
  const header = headOf(source) ?? (await fetchLongHeader(client, message.uid));
  // A header without an end: what follows is no text of it, and without its structure the mail says that it is not read in full.
  if (!header) return asSource(id, message, source, null);
  const texts = await fetchTexts(client, message.uid, textParts(parts), header);
  return { kind: 'parts', id, header, texts, parts, sizeBytes, threadId };
}

function asSource(
  id: RemoteId,
  { size, threadId }: Pick<FetchMessageObject, 'size' | 'threadId'>,
  source: Buffer,
  parts: readonly RemotePart[] | null,
): RemoteContent {
  const few = firstLines(source, MOST_LINES);
  return {
    kind: 'source',
    id,
    source: few,
    parts,
    isCut: few.length < source.length || source.length >= WHOLE_BYTES,
    sizeBytes: size ?? source.length,
    threadId: threadId ?? null,
  };
}

/** Header block including the empty line that ends it (RFC 5322 §2.1); null where none does. */
function headOf(source: Buffer): Buffer | null {
  const crlf = source.indexOf('\r\n\r\n');
  const lf = source.indexOf('\n\n');
  if (crlf < 0 && lf < 0) return null;
  return crlf >= 0 && (lf < 0 || crlf < lf) ? source.subarray(0, crlf + 4) : source.subarray(0, lf + 2);
}

/** A header that goes on behind what was fetched (RFC 9051 §6.4.5, `BODY.PEEK[HEADER]<0.n>`); null where it has no end even then. */
async function fetchLongHeader(client: ImapClient, uid: number): Promise<Buffer | null> {
  const query = { bodyParts: [{ key: 'header', start: 0, maxLength: LONGEST_HEADER_BYTES }] };
  try {
    // imapflow hands a part of this name out as headers, and false where the server says NIL.
    const answer = await fetchAnswer(client, uid, query, ({ headers }) => Buffer.isBuffer(headers));
    const header = headOf(answer?.headers ?? NOTHING);
    return header && firstLines(header, MOST_LINES).length === header.length ? header : null;
  } catch (error) {
    passOnLoss(error);
    return null;
  }
}

/** Each text part as a small message of its own: its MIME header and its still encoded body. */
async function fetchTexts(
  client: ImapClient,
  uid: number,
  parts: readonly RemotePart[],
  header: Buffer,
): Promise<Buffer[]> {
  const texts: Buffer[] = [];
  let left = LONGEST_TEXT_BYTES;
  for (const part of parts) {
    if (left <= 0) break;
    const isWholeBody = part.part === '1' && part.parentType === null;
    const bodyKey = isWholeBody ? 'text' : part.part;
    const wanted = [{ key: bodyKey, start: 0, maxLength: left }];
    const query = { bodyParts: isWholeBody ? wanted : [`${part.part}.mime`, ...wanted] };
    const answer = await fetchAnswer(client, uid, query, ({ bodyParts }) => bodyParts !== undefined);
    if (!answer?.bodyParts) continue;
    const head = isWholeBody ? header : bytesOf(answer.bodyParts.get(`${part.part}.mime`), LINE_END);
    const body = firstLines(
      bytesOf(answer.bodyParts.get(bodyKey), NOTHING),
      Math.ceil((MOST_LINES * left) / LONGEST_TEXT_BYTES),
    );
    left -= Math.max(body.length, LONGEST_TEXT_BYTES / 20);
    texts.push(Buffer.concat([head, body]));
  }
  return texts;
}

/** imapflow answers false where a server says NIL. */
const bytesOf = (given: unknown, otherwise: Buffer): Buffer => (Buffer.isBuffer(given) ? given : otherwise);

/** The buffer up to its n-th line end. */
export function firstLines(buffer: Buffer, most: number): Buffer {
  let lines = 0;
  for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1))
    if ((lines += 1) >= most) return buffer.subarray(0, at + 1);
  return buffer;
}

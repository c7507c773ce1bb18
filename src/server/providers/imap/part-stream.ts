import { PassThrough, pipeline, Readable, type Transform } from 'node:stream';
import { Decoder as Base64Decoder } from 'libbase64';
import { Decoder as QuotedPrintableDecoder } from 'libqp';
import { fetchAnswer } from './answers';
import type { ImapClient } from './client';
import { MailError } from '../../errors/mail-error';

/** Asked for at a time: what is held in memory of a file of any size. */
const CHUNK_BYTES = 256 * 1024;

/**
 * A body part of the selected folder, decoded and otherwise byte for byte as it was sent, however large. imapflow's own download
 * recodes text to UTF-8; an attached text must arrive with its charset and its line ends.
 * @param part IMAP part specifier
 * @throws MailError `EMAIL_MESSAGE_GONE`
 */
export async function partStream(
  client: ImapClient,
  uid: number,
  part: string,
  translated: (error: unknown) => MailError,
): Promise<Readable> {
  const isWhole = part === '1' && !(await isMultipart(client, uid));
  const headKey = isWhole ? 'header' : `${part}.mime`;
  const asked = { bodyParts: [headKey] };
  const head = await fetchAnswer(client, uid, asked, (one) => (one.bodyParts ?? one.headers) !== undefined);
  if (!head) throw new MailError('EMAIL_MESSAGE_GONE');
  const chunks = rawChunks(client, uid, isWhole ? 'text' : part, translated);
  const first = await chunks.next();
  if (first.done) throw new MailError('EMAIL_MESSAGE_GONE');
  const raw = Readable.from(rest(first.value, chunks), { objectMode: false });
  const content = decoder(encodingOf(head.bodyParts?.get(headKey) ?? head.headers));
  pipeline(raw, content, () => undefined);
  return content;
}

async function* rest(first: Buffer, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* chunks;
}

async function* rawChunks(
  client: ImapClient,
  uid: number,
  key: string,
  translated: (error: unknown) => MailError,
): AsyncGenerator<Buffer> {
  for (let start = 0; ; start += CHUNK_BYTES) {
    const query = { bodyParts: [{ key, start, maxLength: CHUNK_BYTES }] };
    const has: Parameters<typeof fetchAnswer>[3] = ({ bodyParts }) => bodyParts?.get(key) !== undefined;
    // Here and not where the streams are joined: a stream that has failed keeps the first error that it is given.
    const answer = await fetchAnswer(client, uid, query, has).catch((error: unknown) => {
      throw translated(error);
    });
    const chunk = answer?.bodyParts?.get(key);
    if (!chunk || (chunk.length === 0 && start > 0)) return;
    yield chunk;
    if (chunk.length < CHUNK_BYTES) return;
  }
}

async function isMultipart(client: ImapClient, uid: number): Promise<boolean> {
  const answer = await fetchAnswer(client, uid, { bodyStructure: true }, (one) => one.bodyStructure !== undefined);
  return Boolean(answer?.bodyStructure?.childNodes);
}

/** Content-Transfer-Encoding of a part's header block, lower case. */
function encodingOf(head: Buffer | undefined): string {
  const match = /^content-transfer-encoding:\s*([\w-]+)/im.exec((head ?? Buffer.alloc(0)).toString('latin1'));
  return match?.[1].toLowerCase() ?? '7bit';
}

function decoder(encoding: string): Transform {
  switch (encoding) {
    case 'base64':
      return new Base64Decoder();
    case 'quoted-printable':
      return new QuotedPrintableDecoder();
    default:
      return new PassThrough();
  }
}

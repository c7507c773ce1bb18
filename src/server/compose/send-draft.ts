import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { MAX_ATTACHMENTS_BYTES, MAX_RECIPIENTS, UNDO_SECONDS } from '../../shared/limits';
import { MailError } from '../errors/mail-error';
import { isAddress, uniqueAddresses } from '../mail/address';
import { newMessageId } from '../mail/message-id';
import type { DraftStore, OutboxStore, PrivateFiles, SourceMessages } from '../ports/outbox';
import type { AccountRow, DraftRow, OutboxRow } from '../ports/records';
import { buildMime } from './build-mime';
import { quoteForForward, quoteForReply } from './quote';
import { threadingOf } from './reply';

export interface SendPorts {
  readonly drafts: DraftStore;
  readonly outbox: OutboxStore;
  readonly files: PrivateFiles;
  readonly messages: SourceMessages;
  readonly now: () => number;
}

/** Bytes the built mail may have: the attachments in base64 plus text. */
const LARGEST_MIME_BYTES = Math.ceil(MAX_ATTACHMENTS_BYTES * 1.4) + 8 * 1024 * 1024;

/**
 * Puts a draft into the outbox: the mail is built once, with its own Message-ID, and kept as a file, so that every
 * later try sends the same bytes. It is due in ten seconds; until then it can be taken back.
 */
export async function sendDraft(draft: DraftRow, account: AccountRow, ports: SendPorts): Promise<OutboxRow> {
  if (draft.state !== 'editing') throw new MailError('EMAIL_DRAFT_SENT');
  if (account.state === 'needs-reconnect' || account.state === 'disabled')
    throw new MailError('EMAIL_ACCOUNT_NOT_READY');
  const recipients = uniqueAddresses([...draft.to, ...draft.cc, ...draft.bcc]).map(({ address }) => address);
  if (recipients.length === 0) throw new MailError('EMAIL_RECIPIENT_MISSING');
  // An answer takes its recipients from received mail, which may hold anything.
  const bad = recipients.find((address) => !isAddress(address));
  if (bad !== undefined) throw new MailError('EMAIL_RECIPIENT_INVALID', { params: { address: bad.slice(0, 80) } });
  if (recipients.length > MAX_RECIPIENTS)
    throw new MailError('EMAIL_TOO_MANY_RECIPIENTS', { params: { limit: MAX_RECIPIENTS } });

  const messageId = newMessageId(randomUUID(), account.address);
  const mime = await render(draft, account, messageId, ports);
  const { file } = await ports.files.save(Readable.from([mime]), LARGEST_MIME_BYTES);
  const row = await ports.outbox.enqueue({
    userId: draft.userId,
    accountId: account.id,
    draftId: draft.id,
    sendKey: `draft:${draft.id}:${draft.revision}`,
    dueAt: ports.now() + UNDO_SECONDS * 1000,
    messageId,
    subject: draft.subject,
    from: account.address,
    recipients,
    file,
    sourceMessageId: draft.kind === 'reply' || draft.kind === 'reply-all' ? draft.sourceMessageId : null,
  });
  // The row comes before the draft's state: a crash between the two sends the mail, instead of losing it in a draft that
  // says "sending" for ever. A second click finds the row; a save in between has made another revision.
  const isMine = row !== null && (await ports.drafts.startSending(draft));
  if (row && isMine) return row;
  if (row) await ports.outbox.move(row.id, 'queued', { state: 'cancelled' });
  await ports.files.remove(file);
  throw new MailError(row ? 'EMAIL_DRAFT_CONFLICT' : 'EMAIL_DRAFT_SENT');
}

async function render(draft: DraftRow, account: AccountRow, messageId: string, ports: SendPorts): Promise<Buffer> {
  const source = draft.sourceMessageId === null ? null : await ports.messages.byId(draft.sourceMessageId);
  const isOwn = source !== null && source.userId === draft.userId;
  const quote =
    !isOwn || !draft.quotesOriginal ? '' : draft.kind === 'forward' ? quoteForForward(source) : quoteForReply(source);
  const threading = isOwn && draft.kind !== 'forward' ? threadingOf(source) : { inReplyTo: null, references: [] };
  const uploads = await ports.drafts.uploads(draft.id);
  const attachments = await Promise.all(
    uploads.map(async ({ filename, contentType, file }) => ({
      filename,
      contentType,
      content: await ports.files.read(file),
      contentId: null,
    })),
  );
  return buildMime({
    messageId,
    date: new Date(ports.now()),
    from: { name: account.displayName, address: account.address },
    to: draft.to,
    cc: draft.cc,
    subject: draft.subject,
    html: draft.html,
    quote,
    ...threading,
    attachments,
  });
}

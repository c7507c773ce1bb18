import { MAX_ATTACHMENTS_BYTES } from '../../shared/limits';
import { openAttachment, type AttachmentPlace } from '../attachments/open-attachment';
import type { SessionPool } from '../accounts/session-pool';
import type { Address } from '../mail/address';
import type { MessageId, UserId } from '../mail/ids';
import type { DraftStore, PrivateFiles, SourceMessages } from '../ports/outbox';
import type { AccountRow, AttachmentRow, DraftKind, DraftRow } from '../ports/records';
import type { AccountStore } from '../ports/stores';
import { replyDraft } from './reply';

export interface NewDraft {
  readonly user: UserId;
  readonly account: AccountRow;
  readonly kind: DraftKind;
  /** The message that is answered or forwarded. */
  readonly source: number | null;
  readonly to: readonly Address[];
}

export interface CreateDraftPorts {
  readonly accounts: AccountStore;
  readonly drafts: DraftStore;
  readonly files: PrivateFiles;
  readonly messages: SourceMessages;
  readonly sessions: SessionPool;
  readonly mailbox: {
    attachments(user: UserId, message: MessageId): Promise<AttachmentRow[]>;
    attachment(user: UserId, id: number): Promise<AttachmentPlace>;
  };
}

/** Begins a mail. A forwarded one brings the files of the original along, taken from the mailbox now. */
export async function createDraft(wish: NewDraft, ports: CreateDraftPorts): Promise<DraftRow> {
  const { user, account, kind } = wish;
  const blank = { bcc: [], html: '', quotesOriginal: true };
  if (kind === 'new' || wish.source === null) {
    return ports.drafts.create(user, account.id, 'new', null, { ...blank, to: wish.to, cc: [], subject: '' });
  }
  const source = await ports.messages.own(user, wish.source);
  const own = (await ports.accounts.list(user)).map(({ address }) => address);
  const draft = await ports.drafts.create(user, account.id, kind, source.id, {
    ...blank,
    ...replyDraft(kind, source, own),
  });
  if (kind !== 'forward') return draft;
  try {
    await bringFiles(user, draft, source.id, ports);
    return draft;
  } catch (error) {
    // Half of the files would look like all of them.
    for (const file of await ports.drafts.discard(user, draft.id)) await ports.files.remove(file);
    throw error;
  }
}

async function bringFiles(user: UserId, draft: DraftRow, message: MessageId, ports: CreateDraftPorts): Promise<void> {
  const attachments = (await ports.mailbox.attachments(user, message)).filter((attachment) => attachment.part);
  let leftBytes = MAX_ATTACHMENTS_BYTES;
  for (const { id, filename, contentType } of attachments) {
    const place = await ports.mailbox.attachment(user, id);
    const account = await ports.accounts.own(user, place.attachment.accountId);
    const saved = await ports.files.save(await openAttachment(account, place, ports.sessions), leftBytes);
    leftBytes -= saved.sizeBytes;
    await ports.drafts.addUpload({ userId: user, draftId: draft.id, filename, contentType, ...saved });
  }
}

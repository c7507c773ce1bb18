import { Op, type WhereOptions } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { AccountId, MessageId, UserId } from '../mail/ids';
import type { DraftContent, DraftStore } from '../ports/outbox';
import type { DraftKind, DraftRow, UploadRow } from '../ports/records';
import type { Tables } from './tables';

const MOST_DRAFTS = 200;

/** Mails being written, with the files attached to them. */
export class DatabaseDraftStore implements DraftStore {
  constructor(private readonly tables: Tables) {}

  list(user: UserId): Promise<DraftRow[]> {
    const order: [string, string][] = [['updatedAt', 'DESC']];
    return this.tables.drafts.find({ userId: user, state: 'editing' }, { order, limit: MOST_DRAFTS });
  }

  async own(user: UserId, id: number): Promise<DraftRow> {
    const row = Number.isInteger(id) ? await this.tables.drafts.first({ id, userId: user }) : null;
    if (!row) throw new MailError('EMAIL_NOT_FOUND');
    return row;
  }

  async create(
    user: UserId,
    account: AccountId,
    kind: DraftKind,
    source: MessageId | null,
    content: DraftContent,
  ): Promise<DraftRow> {
    // What the list does not show nobody finds again.
    if ((await this.tables.drafts.count({ userId: user, state: 'editing' })) >= MOST_DRAFTS)
      throw new MailError('EMAIL_TOO_MANY_DRAFTS', { params: { count: MOST_DRAFTS } });
    return this.tables.drafts.insert({
      ...content,
      userId: user,
      accountId: account,
      kind,
      sourceMessageId: source,
      state: 'editing',
      revision: 1,
    });
  }

  async save(
    user: UserId,
    id: number,
    revision: number,
    content: DraftContent & { accountId: AccountId },
  ): Promise<DraftRow> {
    const where = { id, userId: user, revision, state: 'editing' as const };
    const changed = await this.tables.drafts.update({ ...content, revision: revision + 1 }, where);
    const row = await this.own(user, id);
    if (changed === 0) throw new MailError(row.state === 'editing' ? 'EMAIL_DRAFT_CONFLICT' : 'EMAIL_DRAFT_SENT');
    return row;
  }

  async startSending(draft: DraftRow): Promise<boolean> {
    const where = { id: draft.id, userId: draft.userId, revision: draft.revision, state: 'editing' as const };
    return (await this.tables.drafts.update({ state: 'sending' }, where)) === 1;
  }

  async stuck(time: number): Promise<DraftRow[]> {
    const updatedAt = { [Op.lt]: new Date(time) };
    const where = { state: 'sending', updatedAt } as unknown as WhereOptions<DraftRow>;
    return this.tables.drafts.find(where, { order: [['updatedAt', 'ASC']], limit: 50 });
  }

  async reopen(id: number): Promise<void> {
    const row = await this.tables.drafts.first({ id });
    if (row) await this.tables.drafts.update({ state: 'editing', revision: row.revision + 1 }, { id });
  }

  async discard(user: UserId, id: number): Promise<string[]> {
    const draft = await this.own(user, id);
    // Sending takes the same row by its state: one of the two finds it gone.
    const removed = await this.tables.drafts.remove({ id: draft.id, userId: user, state: 'editing' });
    if (removed === 0) throw new MailError('EMAIL_DRAFT_SENT');
    const uploads = await this.uploads(draft.id);
    await this.tables.uploads.remove({ draftId: draft.id });
    return uploads.map((upload) => upload.file);
  }

  async remove(user: UserId, id: number): Promise<string[]> {
    const draft = await this.own(user, id);
    const uploads = await this.uploads(draft.id);
    await this.tables.uploads.remove({ draftId: draft.id });
    await this.tables.drafts.remove({ id: draft.id, userId: user });
    return uploads.map((upload) => upload.file);
  }

  uploads(draft: number): Promise<UploadRow[]> {
    return this.tables.uploads.find({ draftId: draft }, { order: [['id', 'ASC']] });
  }

  async uploadsOf(drafts: readonly number[]): Promise<Map<number, UploadRow[]>> {
    const found = new Map<number, UploadRow[]>();
    if (drafts.length === 0) return found;
    const rows = await this.tables.uploads.find({ draftId: { [Op.in]: [...drafts] } }, { order: [['id', 'ASC']] });
    for (const row of rows) found.set(row.draftId, [...(found.get(row.draftId) ?? []), row]);
    return found;
  }

  addUpload(upload: Omit<UploadRow, 'id'>): Promise<UploadRow> {
    return this.tables.uploads.insert(upload);
  }

  async removeUpload(user: UserId, draft: number, upload: number): Promise<string> {
    const row = await this.tables.uploads.first({ id: { [Op.eq]: upload }, draftId: draft, userId: user });
    if (!row) throw new MailError('EMAIL_ATTACHMENT_MISSING');
    await this.tables.uploads.remove({ id: row.id });
    return row.file;
  }
}

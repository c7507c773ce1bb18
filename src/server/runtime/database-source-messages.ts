import { MailError } from '../errors/mail-error';
import { applyChange, combineChanges } from '../mail/flags';
import type { MessageId, UserId } from '../mail/ids';
import type { SourceMessages } from '../ports/outbox';
import type { MessageRow } from '../ports/records';
import { locked } from './table';
import type { Tables } from './tables';

export class DatabaseSourceMessages implements SourceMessages {
  constructor(private readonly tables: Tables) {}

  async own(user: UserId, id: number): Promise<MessageRow> {
    const row = Number.isInteger(id) ? await this.tables.messages.first({ id: id as MessageId, userId: user }) : null;
    if (!row) throw new MailError('EMAIL_NOT_FOUND');
    return row;
  }

  byId(id: MessageId): Promise<MessageRow | null> {
    return this.tables.messages.first({ id });
  }

  async addFlag(id: MessageId, flag: string): Promise<void> {
    const { placements } = this.tables;
    const change = { add: [flag], remove: [] };
    // Locked: what somebody wishes between reading and writing would be written over.
    await placements.transaction(async (tx) => {
      const rows = await placements.find({ messageId: id }, locked(tx));
      for (const row of rows) {
        const intent = combineChanges(row.intent, change);
        const isSeen = applyChange(new Set(row.flags ?? []), intent).has('\\Seen');
        await placements.update({ intent, hasIntent: true, isSeen }, { id: row.id }, tx);
      }
    });
  }
}

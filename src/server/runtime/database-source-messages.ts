import { MailError } from '../errors/mail-error';
import { applyChange, combineChanges } from '../mail/flags';
import type { MessageId, UserId } from '../mail/ids';
import type { SourceMessages } from '../ports/outbox';
import type { MessageRow } from '../ports/records';
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
    for (const row of await this.tables.placements.find({ messageId: id })) {
      const change = { add: [flag], remove: [] };
      const isSeen = applyChange(new Set(row.flags ?? []), combineChanges(row.intent, change)).has('\\Seen');
      await this.tables.placements.update(
        { intent: combineChanges(row.intent, change), hasIntent: true, isSeen },
        { id: row.id },
      );
    }
  }
}

import { Op, type WhereOptions } from 'sequelize';
import { MailError } from '../errors/mail-error';
import type { AccountId, UserId } from '../mail/ids';
import type { NewOutboxRow, OutboxStore, Settlement } from '../ports/outbox';
import type { OutboxRow, OutboxState } from '../ports/records';
import type { Tables } from './tables';

const FREE = { claimedBy: null, claimedUntil: null };

/** Mails handed over by their writers; every change is a conditional update, so that one worker wins. */
export class DatabaseOutboxStore implements OutboxStore {
  constructor(private readonly tables: Tables) {}

  enqueue(row: NewOutboxRow): Promise<OutboxRow | null> {
    return this.tables.outbox.insertNew({ ...row, state: 'queued', attempts: 0 });
  }

  open(user: UserId): Promise<OutboxRow[]> {
    const state = { [Op.in]: ['queued', 'transmitting', 'later', 'uncertain', 'rejected'] as const };
    // A mail that reached only some of its recipients stays until its writer has seen that.
    const where = { userId: user, [Op.or]: [{ state }, { state: 'sent' as const, errorCode: { [Op.ne]: null } }] };
    return this.tables.outbox.find(where, { order: [['id', 'DESC']], limit: 100 });
  }

  async own(user: UserId, id: number): Promise<OutboxRow> {
    const row = Number.isInteger(id) ? await this.tables.outbox.first({ id, userId: user }) : null;
    if (!row) throw new MailError('EMAIL_NOT_FOUND');
    return row;
  }

  due(now: number, limit: number, except: readonly AccountId[]): Promise<OutboxRow[]> {
    const accountId = { [Op.notIn]: [...except] };
    const where = { state: { [Op.in]: ['queued', 'later'] as const }, dueAt: { [Op.lte]: now }, accountId };
    return this.tables.outbox.find(where, { order: [['dueAt', 'ASC']], limit });
  }

  async claim(row: OutboxRow, worker: string, until: number): Promise<OutboxRow | null> {
    const attempts = row.attempts + 1;
    const values = { state: 'transmitting', claimedBy: worker, claimedUntil: until, attempts };
    const won = await this.tables.outbox.update(values, { id: row.id, state: row.state, attempts: row.attempts });
    return won === 1 ? { ...row, state: 'transmitting', claimedBy: worker, attempts } : null;
  }

  ofDraft(draft: number): Promise<OutboxRow | null> {
    return this.tables.outbox.first({ draftId: draft }, { order: [['id', 'DESC']] });
  }

  markAbandoned(now: number): Promise<number> {
    const values = { state: 'uncertain', errorCode: 'EMAIL_DELIVERY_UNCERTAIN', dueAt: now, attempts: 0, ...FREE };
    return this.tables.outbox.update(values, { state: 'transmitting', claimedUntil: { [Op.lt]: now } });
  }

  uncertain(now: number, except: readonly AccountId[]): Promise<OutboxRow[]> {
    const accountId = { [Op.notIn]: [...except] };
    return this.tables.outbox.find({ state: 'uncertain', dueAt: { [Op.lte]: now }, accountId }, { limit: 20 });
  }

  async settle(id: number, worker: string, settlement: Settlement): Promise<boolean> {
    return (
      (await this.tables.outbox.update(
        { ...settlement, ...FREE },
        { id, claimedBy: worker, state: 'transmitting' },
      )) === 1
    );
  }

  prune(time: number): Promise<number> {
    const state = { [Op.in]: ['sent', 'cancelled'] as const };
    const where = { state, dueAt: { [Op.lt]: time }, errorCode: null } as WhereOptions<OutboxRow>;
    return this.tables.outbox.remove(where);
  }

  async move(id: number, from: OutboxState, settlement: Settlement): Promise<boolean> {
    return (await this.tables.outbox.update({ ...settlement, ...FREE }, { id, state: from })) === 1;
  }
}

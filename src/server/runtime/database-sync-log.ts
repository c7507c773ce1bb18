import { Op } from 'sequelize';
import { asMailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { SyncLogRow } from '../ports/records';
import type { SyncLog } from '../ports/stores';
import { whileLinked, type Claim } from './live-account';
import type { Tx } from './table';
import type { Tables } from './tables';

const KEPT_MS = 14 * 24 * 60 * 60_000;
/** A mailbox that fails every few seconds, or fills for days, must not fill the table. */
const KEPT_LINES = 2_000;
const TRIM_AFTER = 200;
const CLEAN_EVERY_MS = 60 * 60_000;

/**
 * What the background work did: two weeks of it, and of an account its newest 2,000 lines (a few more until the next trim). Old
 * rows go with new ones, so no timer is needed.
 */
export class DatabaseSyncLog implements SyncLog {
  private lastCleaned = 0;
  /** Lines written here since an account was trimmed. */
  private readonly untrimmed = new Map<AccountId, number>();

  /** @param claim the lease under which a worker writes */
  constructor(
    private readonly tables: Tables,
    private readonly claim: Claim | null = null,
  ) {}

  async write(entry: Parameters<SyncLog['write']>[0]): Promise<void> {
    const at = Date.now();
    const { accountId, userId, event, folderId, code, counts } = entry;
    const row = {
      accountId,
      userId,
      event,
      at,
      folderId: folderId ?? null,
      code: code ?? null,
      counts: counts ?? null,
    };
    const insert = (tx: Tx): Promise<unknown> => this.tables.syncLog.insert(row, tx);
    await whileLinked(this.tables, accountId, insert, this.claim).catch((error: unknown) => {
      // Unlinked meanwhile, perhaps on another node: there is nobody left to read it.
      if (asMailError(error).kind !== 'not-found') throw error;
    });
    await this.trim(accountId);
    if (at - this.lastCleaned < CLEAN_EVERY_MS) return;
    this.lastCleaned = at;
    await this.tables.syncLog.remove({ at: { [Op.lt]: at - KEPT_MS } });
  }

  /** Lines of an account before `before` (an id), newest first. */
  newest(account: AccountId, before: number | null, limit: number): Promise<SyncLogRow[]> {
    const where = { accountId: account, ...(before === null ? {} : { id: { [Op.lt]: before } }) };
    return this.tables.syncLog.find(where, { order: [['id', 'DESC']], limit });
  }

  /** Now and then, after the first line of a process too: it may be restarted before it has written many. */
  private async trim(account: AccountId): Promise<void> {
    const lines = this.untrimmed.get(account) ?? TRIM_AFTER;
    this.untrimmed.set(account, lines >= TRIM_AFTER ? 1 : lines + 1);
    if (lines < TRIM_AFTER) return;
    const [oldest] = await this.tables.syncLog.find(
      { accountId: account },
      { attributes: ['id'], order: [['id', 'DESC']], offset: KEPT_LINES - 1, limit: 1 },
    );
    if (oldest) await this.tables.syncLog.remove({ accountId: account, id: { [Op.lt]: oldest.id } });
  }
}

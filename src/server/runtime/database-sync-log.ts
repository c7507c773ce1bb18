import { Op } from 'sequelize';
import { asMailError } from '../errors/mail-error';
import type { SyncLog } from '../ports/stores';
import { whileLinked, type Claim } from './live-account';
import type { Tx } from './table';
import type { Tables } from './tables';

const KEPT_MS = 14 * 24 * 60 * 60_000;

/** Two weeks of what the background work did. Old rows go with new ones, so no timer is needed. */
export class DatabaseSyncLog implements SyncLog {
  private lastCleaned = 0;

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
    if (at - this.lastCleaned < 60 * 60_000) return;
    this.lastCleaned = at;
    await this.tables.syncLog.remove({ at: { [Op.lt]: at - KEPT_MS } });
  }
}

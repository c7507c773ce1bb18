import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { Op } from 'sequelize';
import type { AccountId } from '../mail/ids';
import type { Tables } from './tables';

export const LEASE_TTL_MS = 45_000;
/** Leases taken in one beat, a statement each: a beat that takes longer than a lease lives would take them for ever. */
const MOST_TAKEN = 100;
const CHUNK = 500;

/** What a beat found out. */
export interface Beat {
  /** Accounts that are ours, with the fencing number under which we may write for them. */
  readonly held: ReadonlyMap<AccountId, number>;
  /** Accounts of ours that somebody, perhaps another node, asked to look at again. */
  readonly requested: ReadonlySet<AccountId>;
  /** More are free and due to us than one beat takes. */
  readonly hasMore: boolean;
}

/**
 * Shares the accounts among the nodes by rows in the database: a heartbeat per node, a lease with a fencing number per
 * account. Compare-and-set decides who gets a free lease; times are the database's own (docs/adr/0004).
 */
export class LeaseKeeper {
  readonly node = `${os.hostname().slice(0, 40)}:${process.pid}:${randomUUID().slice(0, 8)}`;

  constructor(
    private readonly tables: Tables,
    private readonly databaseNow: () => Promise<number>,
  ) {}

  /** Renews our leases, gives up what is over our share, takes what is free. */
  async beat(accounts: readonly AccountId[]): Promise<Beat> {
    const now = await this.databaseNow();
    // First of all, and in the order of the keys: it waits for whoever writes under a lease at this moment.
    await this.renew(now);
    const share = Math.ceil(accounts.length / (await this.liveNodes(now)));
    await this.ensureRows(accounts);
    const wanted = new Set(accounts);
    const mine = await this.tables.leases.find({ owner: this.node, until: { [Op.gt]: now } });
    const keep = mine.filter((lease) => wanted.has(lease.accountId)).slice(0, share);
    const surplus = mine.filter((lease) => !keep.includes(lease));
    if (surplus.length > 0) await this.giveUp(surplus.map((lease) => lease.accountId));
    const due = share - keep.length;
    const { taken, free } = await this.take(accounts, Math.min(due, MOST_TAKEN));
    const kept = keep.map((lease) => [lease.accountId, Number(lease.fence)] as const);
    // Of those that were free another node may have been quicker; then the next ones are looked at as soon.
    const hasMore = due > MOST_TAKEN && free === MOST_TAKEN;
    return { held: new Map([...kept, ...taken]), requested: await this.takeRequests(), hasMore };
  }

  /** Marks accounts for a look, wherever their lease is held. */
  async request(account: AccountId): Promise<void> {
    await this.tables.leases.update({ requestedAt: await this.databaseNow() }, { accountId: account });
  }

  /** Hands everything over at once; the next beat of another node takes it. */
  async release(): Promise<void> {
    await this.tables.nodes.remove({ name: this.node });
    await this.tables.leases.update({ until: 0 }, { owner: this.node });
  }

  private async liveNodes(now: number): Promise<number> {
    const until = now + LEASE_TTL_MS;
    const changed = await this.tables.nodes.update({ until }, { name: this.node });
    if (changed === 0) await this.tables.nodes.insertNew({ name: this.node, until });
    await this.tables.nodes.remove({ until: { [Op.lt]: now - 10 * LEASE_TTL_MS } });
    return Math.max(1, await this.tables.nodes.count({ until: { [Op.gt]: now } }));
  }

  private async ensureRows(accounts: readonly AccountId[]): Promise<void> {
    const rows = await this.tables.leases.find({}, { attributes: ['accountId'] });
    const known = new Set(rows.map((row) => row.accountId));
    const fresh = accounts.filter((accountId) => !known.has(accountId));
    await this.tables.leases.insertMany(
      fresh.map((accountId) => ({ accountId, owner: null, fence: 0, until: 0, requestedAt: 0 })),
    );
    const wanted = new Set(accounts);
    await this.removeOrphans(rows.map((row) => row.accountId).filter((accountId) => !wanted.has(accountId)));
  }

  /** A beat that had read of an account before it was unlinked may have made its row anew. */
  private async removeOrphans(idle: readonly AccountId[]): Promise<void> {
    if (idle.length === 0) return;
    const rows = await this.tables.accounts.find({ id: { [Op.in]: [...idle] } }, { attributes: ['id'] });
    const there = new Set(rows.map(({ id }) => id));
    const orphans = idle.filter((accountId) => !there.has(accountId));
    if (orphans.length > 0) await this.tables.leases.remove({ accountId: { [Op.in]: orphans } });
  }

  private async take(
    accounts: readonly AccountId[],
    most: number,
  ): Promise<{ taken: [AccountId, number][]; free: number }> {
    if (most <= 0) return { taken: [], free: 0 };
    const now = await this.databaseNow();
    const free = await this.tables.leases.find(
      { until: { [Op.lte]: now }, accountId: { [Op.in]: [...accounts] } },
      { limit: most },
    );
    const taken: [AccountId, number][] = [];
    for (const { accountId, fence } of free) {
      const values = { owner: this.node, until: now + LEASE_TTL_MS, fence: Number(fence) + 1 };
      const won = await this.tables.leases.update(values, { accountId, fence, until: { [Op.lte]: now } });
      if (won === 1) taken.push([accountId, Number(fence) + 1]);
    }
    return { taken, free: free.length };
  }

  /** By key: without an index on the owner, MySQL would wait for the rows of all other nodes. */
  private async renew(now: number): Promise<void> {
    const mine = await this.tables.leases.find(
      { owner: this.node, until: { [Op.gt]: now } },
      { attributes: ['accountId'], order: [['accountId', 'ASC']] },
    );
    const ids = mine.map(({ accountId }) => accountId);
    for (let at = 0; at < ids.length; at += CHUNK) {
      const some = { accountId: { [Op.in]: ids.slice(at, at + CHUNK) } };
      const held = { ...some, owner: this.node, until: { [Op.gt]: now } };
      await this.tables.leases.update({ until: now + LEASE_TTL_MS }, held);
    }
  }

  /** The next who takes them has a higher fence: what still writes under ours is refused from then on. */
  async giveUp(accounts: readonly AccountId[]): Promise<void> {
    await this.tables.leases.update({ until: 0 }, { owner: this.node, accountId: { [Op.in]: [...accounts] } });
  }

  private async takeRequests(): Promise<Set<AccountId>> {
    const rows = await this.tables.leases.find({ owner: this.node, requestedAt: { [Op.gt]: 0 } });
    for (const { accountId, requestedAt } of rows)
      await this.tables.leases.update({ requestedAt: 0 }, { accountId, requestedAt });
    return new Set(rows.map((row) => row.accountId));
  }
}

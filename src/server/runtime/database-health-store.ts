import { Op } from 'sequelize';
import { REFUSALS } from '../errors/refusals';
import type { AccountId, FolderId } from '../mail/ids';
import type { AccountRow, AccountState } from '../ports/records';
import type { Tables } from './tables';

/** Counts of an account's mail, for those who may know that it is there but not what is in it. */
export interface AccountCounts {
  readonly messages: number;
  /** Content still to be fetched. */
  readonly missing: number;
  /** Changes made here that the server has not heard yet. */
  readonly operations: number;
  /** Folders that cannot be read now; as `troubledFolders` in `account-health.ts` counts them. */
  readonly troubled: number;
}

/** How accounts are doing. Hands out numbers and states of accounts, never rows of mail. */
export class DatabaseHealthStore {
  constructor(
    private readonly tables: Tables,
    private readonly databaseNow: () => Promise<number>,
  ) {}

  /** Mails of each folder of an account whose content is still to be fetched. Counted by what is missing, which is little. */
  async missingByFolder(account: AccountId): Promise<ReadonlyMap<FolderId, number>> {
    const { placements } = this.tables;
    const headless = await placements.totals('folderId', { accountId: account, messageId: null });
    const bodiless = await placements.totals('folderId', { accountId: account, needsBody: true });
    const folders = new Set([...headless.keys(), ...bodiless.keys()]);
    return new Map(
      [...folders].map((key) => [Number(key) as FolderId, (headless.get(key) ?? 0) + (bodiless.get(key) ?? 0)]),
    );
  }

  operationCount(account: AccountId): Promise<number> {
    return this.tables.placements.count({ accountId: account, hasIntent: true });
  }

  /** A page of all users' accounts, those that fail the longest first. */
  async page(
    state: AccountState | null,
    page: number,
    pageSize: number,
  ): Promise<{ accounts: AccountRow[]; total: number }> {
    const where = state === null ? {} : { state };
    const { accounts: table } = this.tables;
    // No database sorts NULL like another one. As `notWorkingSince` tells them from each other.
    const isWell = table.db.sequelize.literal(
      `CASE WHEN ${table.quotedColumn('failingSince')} IS NULL OR ${table.quotedColumn('state')} = 'active' THEN 1 ELSE 0 END`,
    );
    const accounts = await table.find(where, {
      order: [
        [isWell, 'ASC'],
        ['failingSince', 'ASC'],
        ['id', 'ASC'],
      ],
      limit: pageSize,
      offset: (page - 1) * pageSize,
    });
    return { accounts, total: await table.count(where) };
  }

  async states(): Promise<Partial<Record<AccountState, number>>> {
    return Object.fromEntries(await this.tables.accounts.totals('state', {}));
  }

  async counts(accounts: readonly AccountId[]): Promise<(account: AccountId) => AccountCounts> {
    const some = { accountId: { [Op.in]: [...accounts] } };
    const { folders, placements } = this.tables;
    const messages = await folders.totals('accountId', some, 'totalCount');
    const headless = await placements.totals('accountId', { ...some, messageId: null });
    const bodiless = await placements.totals('accountId', { ...some, needsBody: true });
    const operations = await placements.totals('accountId', { ...some, hasIntent: true });
    // SQL leaves out what has none.
    const sick = { isSelectable: true, isGone: false, errorCode: { [Op.notIn]: [...REFUSALS] } };
    const troubled = await folders.totals('accountId', { ...some, ...sick });
    const of = (totals: ReadonlyMap<string, number>, id: AccountId): number => totals.get(String(id)) ?? 0;
    return (id) => ({
      messages: of(messages, id),
      missing: of(headless, id) + of(bodiless, id),
      operations: of(operations, id),
      troubled: of(troubled, id),
    });
  }

  /** Which node works on which account now. */
  async nodes(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, string>> {
    const now = await this.databaseNow();
    const leases = await this.tables.leases.find({ accountId: { [Op.in]: [...accounts] }, until: { [Op.gt]: now } });
    return new Map(leases.flatMap(({ accountId, owner }) => (owner === null ? [] : [[accountId, owner] as const])));
  }
}

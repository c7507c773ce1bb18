import { Op, type Transaction, type WhereOptions } from 'sequelize';
import { MailError } from '../errors/mail-error';
import { REFUSALS } from '../errors/refusals';
import type { AccountId, FolderId, UserId } from '../mail/ids';
import { nextAccountState } from '../accounts/account-state';
import type { AccountRow, AccountState, FolderRow } from '../ports/records';
import type { AccountChanges, AccountCondition, AccountStore } from '../ports/stores';
import { INDEX_VERSION } from '../search/index-tokens';
import type { NativeIndex } from './search/native-index';
import { despiteIndex, removeEntries, searchIndexIfAny } from './search/search-index';
import { changingAccount, type Claim } from './live-account';
import type { Tables } from './tables';

/** `claim` is the lease under which a worker writes; null for what a user does. */
export class DatabaseAccountStore implements AccountStore {
  constructor(
    private readonly tables: Tables,
    private readonly claim: Claim | null = null,
  ) {}

  list(user: UserId): Promise<AccountRow[]> {
    return this.tables.accounts.find({ userId: user }, { order: [['id', 'ASC']] });
  }

  async own(user: UserId, id: number): Promise<AccountRow> {
    const row = Number.isInteger(id) ? await this.tables.accounts.first({ id: id as AccountId, userId: user }) : null;
    if (!row) throw new MailError('EMAIL_NOT_FOUND');
    return row;
  }

  byId(id: AccountId): Promise<AccountRow | null> {
    return this.tables.accounts.first({ id });
  }

  bySubject(provider: string, subject: string): Promise<AccountRow | null> {
    return this.tables.accounts.first({ provider, subject });
  }

  create(values: Pick<AccountRow, 'userId' | 'provider' | 'subject' | 'address' | 'displayName'>): Promise<AccountRow> {
    return this.tables.accounts.insert({ ...values, state: 'linking', attempts: 0, searchVersion: INDEX_VERSION });
  }

  async update(id: AccountId, changes: AccountChanges): Promise<void> {
    const { tables, claim } = this;
    if (claim) await changingAccount(tables, id, (tx) => tables.accounts.update(changes, { id }, tx), claim);
    else await tables.accounts.update(changes, { id });
  }

  async updateIf(id: AccountId, changes: AccountChanges, condition: AccountCondition): Promise<boolean> {
    return this.updateWhere(id, changes, whereOf(condition));
  }

  private updateWhere(id: AccountId, changes: AccountChanges, condition: object): Promise<boolean> {
    const { tables, claim } = this;
    const where = { id, ...condition } as WhereOptions<AccountRow>;
    const work = async (tx?: Transaction): Promise<boolean> => (await tables.accounts.update(changes, where, tx)) === 1;
    return claim ? changingAccount(tables, id, work, claim) : work();
  }

  async remove(id: AccountId): Promise<string[]> {
    return despiteIndex(await searchIndexIfAny(this.tables), (index) => this.removeRows(id, index));
  }

  /** @returns the files that belonged to its drafts and its outbox */
  private removeRows(id: AccountId, index: NativeIndex | null): Promise<string[]> {
    const { tables } = this;
    return tables.accounts.transaction(async (tx) => {
      // Waits for what is being written for it, and stops whatever comes later (live-account.ts).
      await tables.accounts.update({ state: 'disabled' }, { id }, tx);
      // Looked up only now: what was attached until this moment goes, too.
      const drafts = await tables.drafts.find({ accountId: id }, { attributes: ['id'], transaction: tx });
      const ofDrafts = { draftId: { [Op.in]: drafts.map((draft) => draft.id) } };
      const uploads = await tables.uploads.find(ofDrafts, { attributes: ['file'], transaction: tx });
      const outgoing = await tables.outbox.find({ accountId: id }, { attributes: ['file'], transaction: tx });
      await tables.uploads.remove(ofDrafts, tx);
      await removeEntries(tables, index, { accountId: id }, tx);
      for (const table of [
        tables.drafts,
        tables.outbox,
        tables.attachments,
        tables.placements,
        tables.messages,
      ] as const) {
        await (table as typeof tables.drafts).remove({ accountId: id }, tx);
      }
      for (const table of [tables.threadKeys, tables.threads, tables.syncLog, tables.tokens] as const) {
        await (table as typeof tables.tokens).remove({ accountId: id }, tx);
      }
      await tables.folders.remove({ accountId: id }, tx);
      await tables.leases.remove({ accountId: id }, tx);
      await tables.oauthStates.remove({ accountId: id }, tx);
      await tables.accounts.remove({ id }, tx);
      return [...uploads, ...outgoing].map(({ file }) => file).filter(Boolean);
    });
  }

  working(): Promise<AccountRow[]> {
    return this.tables.accounts.find({ state: { [Op.in]: ['active', 'backing-off'] } });
  }

  async owners(): Promise<UserId[]> {
    const rows = await this.tables.accounts.find({}, { attributes: ['userId'] });
    return [...new Set(rows.map((row) => row.userId))];
  }

  untold(): Promise<AccountRow[]> {
    const failing: AccountRow['state'][] = ['backing-off', 'needs-reconnect', 'disabled'];
    return this.tables.accounts.find({ notifiedAt: null, state: { [Op.in]: failing } });
  }

  async claimNotice({ id, state }: Pick<AccountRow, 'id' | 'state'>, now: number): Promise<boolean> {
    return (await this.tables.accounts.update({ notifiedAt: now }, { id, state, notifiedAt: null })) === 1;
  }

  async releaseNotice(id: AccountId, claimedAt: number): Promise<void> {
    await this.tables.accounts.update({ notifiedAt: null }, { id, notifiedAt: claimedAt });
  }

  untoldInbox(id: AccountId): Promise<FolderRow | null> {
    // SQL leaves out those without an error.
    const closed = { isSelectable: true, isGone: false, errorCode: { [Op.notIn]: [...REFUSALS] } };
    return this.tables.folders.first({ accountId: id, role: 'inbox', notifiedAt: null, ...closed });
  }

  async claimInboxNotice({ id, errorCode }: Pick<FolderRow, 'id' | 'errorCode'>, now: number): Promise<boolean> {
    return (await this.tables.folders.update({ notifiedAt: now }, { id, errorCode, notifiedAt: null })) === 1;
  }

  async releaseInboxNotice(id: FolderId, claimedAt: number): Promise<void> {
    await this.tables.folders.update({ notifiedAt: null }, { id, notifiedAt: claimedAt });
  }

  ofProvider(provider: string): Promise<AccountRow[]> {
    return this.tables.accounts.find({ provider });
  }

  async pause(id: AccountId, until: number): Promise<boolean> {
    const state: AccountState = 'backing-off';
    const works = { state: { [Op.in]: ['active', state] } };
    // One statement: of two that come at once the longer one stays.
    const paused = { state, errorCode: 'EMAIL_THROTTLED', errorParams: {}, notBefore: until } as const;
    return this.updateWhere(id, paused, { ...works, ...noPauseUntil({ [Op.lt]: until }) });
  }

  async retryRefused(provider: string): Promise<void> {
    const from: AccountState = 'needs-reconnect';
    const state = nextAccountState(from, 'settings');
    if (state !== 'illegal') await this.tables.accounts.update({ state, notBefore: null }, { provider, state: from });
  }
}

/** No pause of the server, or one whose end is such. */
const noPauseUntil = (notBefore: object): object => ({
  [Op.or]: [{ errorCode: null }, { errorCode: { [Op.ne]: 'EMAIL_THROTTLED' } }, { notBefore: null }, { notBefore }],
});

const whereOf = ({ state, unpausedAt }: AccountCondition): object => ({
  ...(state === undefined ? {} : { state }),
  ...(unpausedAt === undefined ? {} : noPauseUntil({ [Op.lte]: unpausedAt })),
});

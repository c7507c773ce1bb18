import type { SessionPool } from '../accounts/session-pool';
import type { Connections } from '../accounts/connections';
import { asMailError } from '../errors/mail-error';
import type { DraftStore, OutboxStore, PrivateFiles, Settlement, SourceMessages } from '../ports/outbox';
import type { OutboxRow } from '../ports/records';
import type { LiveBus, Log } from '../ports/runtime';
import type { AccountStore, MessageStore } from '../ports/stores';
import type { SendOutcome } from '../ports/transport';
import { retryDelayMs } from './outbox-state';

export interface SendOnePorts {
  /** Connections for a look into Sent, counted with the others of the account. */
  readonly sessions: Pick<SessionPool, 'borrow'>;
  readonly accounts: AccountStore;
  readonly connections: Connections;
  readonly outbox: OutboxStore;
  readonly drafts: DraftStore;
  readonly messages: SourceMessages;
  readonly store: MessageStore;
  readonly files: PrivateFiles;
  readonly live: LiveBus;
  readonly log: Log;
  readonly now: () => number;
}

/** Refused addresses that a message names one by one. */
const NAMED_ADDRESSES = 5;

/** Hands one claimed row to its server and settles it. */
export async function sendOne(row: OutboxRow, worker: string, ports: SendOnePorts): Promise<SendOutcome['kind']> {
  const outcome = await transmit(row, ports);
  const settlement = settlementOf(outcome, row, ports.now());
  if (!(await ports.outbox.settle(row.id, worker, settlement))) {
    // Somebody else decided meanwhile that nobody knows; what follows from that is theirs.
    ports.log.warn('outbox-claim-lost', { outboxId: row.id });
    return outcome.kind;
  }
  if (settlement.state === 'sent') await finishSent(row, ports);
  if (settlement.state === 'rejected' && row.draftId !== null) await ports.drafts.reopen(row.draftId);
  ports.log.info('outbox-settled', { outboxId: row.id, accountId: row.accountId, outcome: outcome.kind });
  ports.live.changed(row.userId, { accountId: row.accountId, topic: 'outbox' });
  return outcome.kind;
}

/** Everything before the hand-over may fail without harm: nothing has left yet, so it is tried again later. */
async function transmit(row: OutboxRow, ports: SendOnePorts): Promise<SendOutcome> {
  try {
    const account = await ports.accounts.byId(row.accountId);
    if (!account) return { kind: 'rejected', code: 'EMAIL_NOT_FOUND', params: {} };
    const { connection, provider } = await ports.connections.of(account);
    const source = await ports.files.read(row.file);
    return await provider.openTransport(connection).send({ from: row.from, recipients: row.recipients, source });
  } catch (error) {
    const failure = asMailError(error);
    ports.log.error('outbox-send-failed', error, { outboxId: row.id });
    return { kind: 'later', code: failure.code, retryAt: failure.retryAt ?? null };
  }
}

function settlementOf(outcome: SendOutcome, row: OutboxRow, now: number): Settlement {
  switch (outcome.kind) {
    case 'sent': {
      const refused = outcome.refusedRecipients;
      const addresses = refused.slice(0, NAMED_ADDRESSES).join(', ') + (refused.length > NAMED_ADDRESSES ? ' …' : '');
      const partly =
        refused.length > 0
          ? { errorCode: 'EMAIL_SENT_TO_SOME' as const, errorParams: { count: refused.length, addresses } }
          : {};
      return { state: 'sent', sentAt: now, errorCode: null, errorParams: null, ...partly };
    }
    case 'rejected':
      return { state: 'rejected', errorCode: outcome.code, errorParams: outcome.params };
    case 'uncertain':
      return { state: 'uncertain', errorCode: outcome.code, dueAt: now + 5_000, attempts: 0 };
    case 'later': {
      const delay = retryDelayMs(row.attempts);
      if (delay === null) return { state: 'rejected', errorCode: outcome.code };
      return { state: 'later', errorCode: outcome.code, dueAt: Math.max(outcome.retryAt?.getTime() ?? 0, now + delay) };
    }
  }
}

/** Cleans up after a delivery: the draft is done, its files are no longer needed, the original counts as answered. */
export async function finishSent(row: OutboxRow, ports: SendOnePorts): Promise<void> {
  if (row.sourceMessageId !== null) await ports.messages.addFlag(row.sourceMessageId, '\\Answered');
  await fileSentCopy(row, ports);
  await ports.files.remove(row.file);
  if (row.draftId === null) return;
  const files = await ports.drafts.remove(row.userId, row.draftId).catch(() => []);
  for (const file of files) await ports.files.remove(file);
}

/** Only where the server does not file what it sends; a copy that cannot be filed does not unsend the mail. */
async function fileSentCopy(row: OutboxRow, ports: SendOnePorts): Promise<void> {
  try {
    const account = await ports.accounts.byId(row.accountId);
    const sent = account ? await ports.store.folderOfRole(account.id, 'sent') : null;
    if (!account || !sent) return;
    const { provider } = await ports.connections.of(account);
    if (provider.capabilities.savesSentCopy) return;
    const source = await ports.files.read(row.file);
    const { session, giveBack } = await ports.sessions.borrow(account, { fresh: true });
    await session.append(sent.path, source, ['\\Seen']).catch((error: unknown) => {
      giveBack(false, error);
      throw error;
    });
    giveBack(true);
  } catch (error) {
    ports.log.error('sent-copy-failed', error, { outboxId: row.id });
  }
}

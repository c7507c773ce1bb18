import type { AccountId } from '../mail/ids';
import type { AccountRow, FolderRow } from '../ports/records';
import type { ProviderSettings } from '../ports/provider';
import type { MessageStore } from '../ports/stores';
import { MOST_ATTEMPTS } from './deepen-folder';
import { waitingChanges, type WaitingChanges } from './push-operations';
import type { WorkerPorts } from './worker-ports';

/** What a pass begins with. */
export interface BeforePass {
  readonly settings: ProviderSettings;
  /** As it is now, or as it was when it is not linked any more: whatever writes for it finds that out. */
  readonly account: AccountRow;
  /** Changes made here that the server has not heard; null where they are told later. */
  readonly waiting: WaitingChanges | null;
  /** What the server's answers will be compared with. Out of date once the server was told of changes. */
  readonly folders: readonly FolderRow[];
}

/** Asks for all of it at once: most passes find no news, and then each answer that is waited for by itself is a good part of the pass. */
export async function beforePass(
  account: AccountRow,
  ports: Pick<WorkerPorts, 'connections' | 'accounts'> & { readonly store: Reads },
  tellsFirst: boolean,
): Promise<BeforePass> {
  const [{ connection }, current, waiting, folders] = await Promise.all([
    ports.connections.of(account),
    ports.accounts.byId(account.id),
    tellsFirst ? waitingChanges(account.id, ports.store) : null,
    ports.store.folders(account.id),
  ]);
  return { settings: connection.settings, account: current ?? account, waiting, folders };
}

type Reads = Pick<MessageStore, 'folders' | 'operations'>;

/** Whoever asks for a pass wants mails tried again that were given up: owed until it has come to that, however often the line drops before. */
export class OwedTries {
  private isOwed = false;

  owe(isAsked: boolean): void {
    this.isOwed ||= isAsked;
  }

  async settle(account: AccountId, store: Pick<MessageStore, 'forgetAttempts'>): Promise<void> {
    if (!this.isOwed) return;
    await store.forgetAttempts(account, MOST_ATTEMPTS);
    this.isOwed = false;
  }
}

/**
 * Runs work beside other work that it does not depend on. Both are over when this returns or throws: nothing is left running for an
 * account that is handed on.
 * @throws what `work` throws, else what `aside` throws
 */
export async function beside<T>(work: Promise<T>, aside: Promise<unknown>): Promise<T> {
  const [done, other] = await Promise.allSettled([work, aside]);
  if (done.status === 'rejected') throw done.reason;
  if (other.status === 'rejected') throw other.reason;
  return done.value;
}

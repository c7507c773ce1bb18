import type { MailError } from '../errors/mail-error';
import type { AccountRow, FolderRow } from '../ports/records';
import type { AccountRecord } from './account-record';
import { PushRecord, pushOperations, waitingChanges, type WaitingChanges } from './push-operations';
import { guarded, syncNow, type AccountSyncPorts } from './sync-account';
import type { WorkerPorts } from './worker-ports';

/** So often may the line be lost over the changes made here before mail is read first. */
const MOST_LOSSES = 2;

/** Takes the changes made here to the server, and remembers when that costs the line. */
export class OwnChanges {
  /** Times in a row that the line was lost while the server was told. */
  private losses = 0;
  private readonly pushed = new PushRecord();

  constructor(
    private readonly ports: Pick<WorkerPorts, 'store' | 'clock' | 'live'>,
    private readonly record: AccountRecord,
  ) {}

  /** One change that kills the line must not keep mail from coming: then they are told after mail was read. */
  get areLast(): boolean {
    return this.losses >= MOST_LOSSES;
  }

  /**
   * Changes made here go to the server; folders where moved mails must be looked for are looked at.
   * @param first what is waiting, where that was asked already
   * @returns false when there was nothing to tell, and so nothing was done
   */
  async push(account: AccountRow, ports: AccountSyncPorts, first?: WaitingChanges): Promise<boolean> {
    const waiting = first ?? (await waitingChanges(account.id, this.ports.store));
    if (waiting.operations.length === 0 && waiting.last === null) {
      this.losses = 0;
      return false;
    }
    const refused = async (folder: FolderRow, error: MailError): Promise<void> => {
      await this.ports.store.markFolder(folder, error.code, this.ports.clock.now());
      await this.record.note(account, 'operation-refused', { folderId: folder.id, code: error.code });
      ports.changed();
      // Without a word a row that comes back looks like a mistake of ours.
      this.ports.live.changed(account.userId, { accountId: account.id, topic: 'refused', code: error.code });
    };
    const done = (folder: FolderRow, what: 'moved' | 'erased', count: number): Promise<void> =>
      this.record.note(account, `operation-${what}`, { folderId: folder.id, counts: { [what]: count } });
    const busy = (folder: FolderRow, error: MailError): Promise<void> => ports.folderFailed(folder, error);
    // A command at which the server falls over comes again; what was lost is counted before it is known.
    this.losses += 1;
    const moved = await pushOperations(account.id, { ...ports, refused, done, busy, record: this.pushed }, waiting);
    this.losses = 0;
    for (const folder of moved)
      await guarded(folder, ports, async () => void (await syncNow(account, folder, [], ports)));
    return true;
  }
}

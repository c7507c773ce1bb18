import type { AccountId, MessageId } from '../src/server/mail/ids';
import type { FolderRow, PlacementRow } from '../src/server/ports/records';
import type { Tables } from '../src/server/runtime/tables';
import { contentOf, type Identities } from './identities';
import type { Meant } from './meant';
import type { ScriptedServer, ServerFolder, ServerMessage } from './scripted-server';

/** How the local copy differs from the server, counted in messages. All of them must be 0. */
export interface Verdict {
  /** Flags, contents or wishes that are not as on the server. */
  readonly diverged: number;
  /** On the server and not here, or erased there without anybody's wish. */
  readonly lost: number;
  /** Here and not, or not so often, on the server. */
  readonly duplicated: number;
  /** One mail that became two, or another one, here: notes and labels would have stayed with the other. */
  readonly falseNew: number;
  readonly first: string | null;
}

/**
 * Compares everything, after nothing has happened for a while.
 * @param meant what the owner wished: nothing else may have been done
 * @param identities which rows mails had before
 */
export async function judge(
  tables: Tables,
  account: AccountId,
  server: ScriptedServer,
  meant: Meant,
  identities: Identities,
): Promise<Verdict> {
  const faults = new Faults();
  const folders = await tables.folders.find({ accountId: account });
  const rows = await tables.placements.find({ accountId: account });
  const messages = await tables.messages.find({ accountId: account });
  const contents = new Map(messages.map((row) => [row.id, contentOf(row)]));

  for (const [path, there] of server.folders) {
    const folder = folders.find((one) => one.path === path && !one.isGone);
    const here = rows.filter((row) => row.folderId === folder?.id);
    compareMessages(path, there, here, contents, faults);
    if (folder) compareCounts(folder, there, faults);
  }
  for (const { path } of folders) if (!server.folders.has(path)) faults.add('duplicated', `folder ${path}`);
  for (const { messageId, text } of messages.filter(({ isComplete, errorCode }) => isComplete && errorCode === null))
    if (!text?.startsWith('Hello from')) faults.add('diverged', `mail ${messageId} has no text`);
  const named = [...contents.values()].filter((content) => !Number.isNaN(content));
  const twice = named.filter((content, at) => named.indexOf(content) !== at);
  for (const content of twice) faults.add('falseNew', `mail ${content} has two rows`);
  for (const content of identities.changed(messages))
    faults.add('falseNew', `mail ${content} has another row than before`);
  for (const { what, content, copy } of meant.strays())
    faults.add(what === 'erase' ? 'lost' : 'diverged', `nobody meant to ${what} mail ${content} (copy ${copy})`);
  for (const content of meant.survivors()) faults.add('diverged', `mail ${content} was deleted and is still there`);
  return faults;
}

class Faults implements Verdict {
  diverged = 0;
  lost = 0;
  duplicated = 0;
  falseNew = 0;
  first: string | null = null;

  add(kind: 'diverged' | 'lost' | 'duplicated' | 'falseNew', what: string): void {
    this[kind] += 1;
    this.first ??= `${kind}: ${what}`;
  }
}

function compareMessages(
  path: string,
  there: ServerFolder,
  rows: readonly PlacementRow[],
  contentOf: ReadonlyMap<MessageId, number>,
  faults: Faults,
): void {
  const here = new Map(rows.map((row) => [`${row.uidValidity}:${row.uid}`, row]));
  for (const message of there.messages) {
    const id = `${there.uidValidity}:${message.uid}`;
    const mine = here.get(id);
    here.delete(id);
    if (!mine) faults.add('lost', `${path} ${id}`);
    else if (contentOf.get(mine.messageId as MessageId) !== message.content)
      faults.add('diverged', `${path} ${id} is another mail`);
    else {
      const difference = differenceOf(mine, message);
      if (difference) faults.add('diverged', `${path} ${id} ${difference}`);
    }
  }
  for (const id of here.keys()) faults.add('duplicated', `${path} ${id} is not on the server`);
}

function differenceOf(mine: PlacementRow, { flags }: ServerMessage): string | null {
  const [here, there] = [[...mine.flags].sort().join(), [...flags].sort().join()];
  if (here !== there) return `has ${here} instead of ${there}`;
  if (Boolean(mine.isSeen) !== flags.has('\\Seen')) return 'is read in one place and unread in the other';
  if (mine.hasIntent || mine.pending !== null || mine.shownFolderId !== mine.folderId) return 'still has a wish';
  return mine.needsBody ? 'has no body' : null;
}

function compareCounts(folder: FolderRow, { messages }: ServerFolder, faults: Faults): void {
  const unread = messages.filter(({ flags }) => !flags.has('\\Seen')).length;
  if (folder.unreadCount !== unread)
    faults.add('diverged', `${folder.path} ${folder.unreadCount} unread, not ${unread}`);
  if (folder.totalCount !== messages.length) faults.add('diverged', `${folder.path} counts ${folder.totalCount}`);
}

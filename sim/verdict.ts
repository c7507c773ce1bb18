import type { AccountId } from '../src/server/mail/ids';
import type { Tables } from '../src/server/runtime/tables';
import type { ScriptedServer } from './scripted-server';

/** How the local copy differs from the server, counted in messages. All of them must be 0. */
export interface Verdict {
  /** Flags, contents or wishes that are not as on the server. */
  readonly diverged: number;
  /** On the server and not here. */
  readonly lost: number;
  /** Here and not, or not so often, on the server. */
  readonly duplicated: number;
  /** One mail that became two here: notes and labels would have stayed with the other. */
  readonly falseNew: number;
  readonly first: string | null;
}

/** Compares everything, after nothing has happened for a while. */
export async function judge(tables: Tables, account: AccountId, server: ScriptedServer): Promise<Verdict> {
  const faults = { diverged: 0, lost: 0, duplicated: 0, falseNew: 0 };
  let first: string | null = null;
  const blame = (kind: keyof typeof faults, what: string): void => {
    faults[kind] += 1;
    first ??= `${kind}: ${what}`;
  };
  const folders = await tables.folders.find({ accountId: account });
  const rows = await tables.placements.find({ accountId: account });
  const messages = await tables.messages.find({ accountId: account });
  const contentOf = new Map(messages.map((row) => [row.id, Number(/^m(\d+)@sim$/.exec(row.messageId ?? '')?.[1])]));

  for (const [path, there] of server.folders) {
    const folder = folders.find((one) => one.path === path && !one.isGone);
    const here = new Map(
      rows.filter((row) => row.folderId === folder?.id).map((row) => [`${row.uidValidity}:${row.uid}`, row]),
    );
    for (const message of there.messages) {
      const id = `${there.uidValidity}:${message.uid}`;
      const mine = here.get(id);
      here.delete(id);
      if (!mine) blame('lost', `${path} ${id}`);
      else if (contentOf.get(mine.messageId as never) !== message.content)
        blame('diverged', `${path} ${id} is another mail`);
      else if ([...(mine.flags ?? [])].sort().join() !== [...message.flags].sort().join())
        blame('diverged', `${path} ${id} has ${mine.flags.join()} instead of ${[...message.flags].join()}`);
      else if (mine.isSeen !== message.flags.has('\\Seen') && Boolean(mine.isSeen) !== message.flags.has('\\Seen'))
        blame('diverged', `${path} ${id} seen`);
      else if (mine.hasIntent || mine.pending !== null || mine.shownFolderId !== mine.folderId)
        blame('diverged', `${path} ${id} still has a wish`);
      else if (mine.needsBody) blame('diverged', `${path} ${id} has no body`);
    }
    for (const id of here.keys()) blame('duplicated', `${path} ${id} is not on the server`);
    const unread = there.messages.filter(({ flags }) => !flags.has('\\Seen')).length;
    if (folder && folder.unreadCount !== unread)
      blame('diverged', `${path} counts ${folder.unreadCount} unread, not ${unread}`);
    if (folder && folder.totalCount !== there.messages.length) blame('diverged', `${path} counts ${folder.totalCount}`);
  }
  for (const folder of folders) if (!server.folders.has(folder.path)) blame('duplicated', `folder ${folder.path}`);
  const seen = new Set<number>();
  for (const content of contentOf.values()) {
    if (Number.isNaN(content)) continue;
    if (seen.has(content)) blame('falseNew', `mail ${content} has two rows`);
    seen.add(content);
  }
  return { ...faults, first };
}

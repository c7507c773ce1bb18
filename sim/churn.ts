import { MailError } from '../src/server/errors/mail-error';
import type { FolderId } from '../src/server/mail/ids';
import type { AccountRow, PlacementRow } from '../src/server/ports/records';
import { DatabaseMailChanges } from '../src/server/runtime/database-mail-changes';
import type { Tables } from '../src/server/runtime/tables';
import { pick } from './random';
import type { Meant } from './meant';
import { contentOfSize, type Doing, type ScriptedServer } from './scripted-server';

/** Folders that nobody renames or deletes. */
const KEPT = ['INBOX', 'Trash', 'Archive'];
const KEYWORDS = ['\\Seen', '\\Flagged', '\\Answered', '$Forwarded'];

/** What other programs, people and administrators do to a mailbox. */
export function churn(server: ScriptedServer, random: () => number, times: number): void {
  for (let count = 0; count < times; count += 1) once(server, random);
}

/** Somebody reads, stars or answers mail on another device. */
export function flagSome(server: ScriptedServer, random: () => number): void {
  const path = pick([...server.folders.keys()], random) ?? 'INBOX';
  const some = server.need(path).messages.filter(() => random() < 0.2);
  toggle(server, path, new Set(some.map(({ uid }) => uid)), pick(KEYWORDS, random) ?? '\\Seen');
}

function once(server: ScriptedServer, random: () => number): void {
  const path = pick([...server.folders.keys()], random) ?? 'INBOX';
  const other = pick([...server.folders.keys()], random) ?? 'INBOX';
  const some = new Set(
    server
      .need(path)
      .messages.filter(() => random() < 0.2)
      .map(({ uid }) => uid),
  );
  const dice = random();
  if (dice < 0.35) server.deliver('INBOX', random() < 0.3 ? ['\\Seen'] : []);
  else if (dice < 0.55) toggle(server, path, some, pick(KEYWORDS, random) ?? '\\Seen');
  else if (dice < 0.65) server.expunge(path, some);
  else if (dice < 0.8) relocate(server, path, some, other, dice < 0.75);
  else if (dice < 0.85) server.resetUids(path);
  else if (!KEPT.includes(path)) reorganise(server, path, random);
}

function relocate(server: ScriptedServer, from: string, uids: ReadonlySet<number>, to: string, moves: boolean): void {
  if (!moves) server.copy(from, uids, to);
  else if (from !== to) server.move(from, uids, to);
}

function toggle(server: ScriptedServer, path: string, uids: ReadonlySet<number>, flag: string): void {
  server.setFlags(path, uids, (flags) => (flags.has(flag) ? flags.delete(flag) : flags.add(flag)));
}

function reorganise(server: ScriptedServer, path: string, random: () => number): void {
  const dice = random();
  // So few that names are taken again, and by others.
  const fresh = `${path.split('-')[0]}-${Math.floor(random() * 4)}`;
  if (dice < 0.4) takeName(server, path, fresh);
  else if (dice < 0.6) server.recreate(path);
  else if (dice < 0.8) server.create(fresh);
  else server.folders.delete(path);
}

/** A folder that has this name is deleted before. */
function takeName(server: ScriptedServer, path: string, name: string): void {
  if (path === name) return;
  server.folders.delete(name);
  server.rename(path, name);
}

/**
 * What the owner does here, in NocoBase, to whatever is shown.
 * @param meant gets what is meant by it
 */
export async function meddle(tables: Tables, account: AccountRow, random: () => number, meant: Meant): Promise<void> {
  const folders = await tables.folders.find({ accountId: account.id, isGone: false });
  for (let count = Math.floor(random() * 3); count > 0; count -= 1) {
    const from = pick(folders, random);
    const target = pick(folders, random);
    const rows = from ? await tables.placements.find({ shownFolderId: from.id }, { limit: 50 }) : [];
    const threads = rows.filter(() => random() < 0.2).flatMap((row) => row.threadId ?? []);
    if (!from || !target || threads.length === 0) continue;
    const wish = { threads, from, target, dice: random() };
    const pathOf = (id: FolderId): string => folders.find((one) => one.id === id)?.path ?? '';
    const noted = noting(tables, (row) =>
      meant.add(kindOf(wish.dice), pathOf(row.folderId), row, contentOfSize(row.sizeBytes)),
    );
    await act(new DatabaseMailChanges(noted), account, wish).catch((error: unknown) => {
      if (!(error instanceof MailError)) throw error;
    });
  }
}

/** Tables that tell which placements are locked: what a wish is about is known there only, since a worker may store mail while it is made. */
function noting(tables: Tables, locked: (row: PlacementRow) => void): Tables {
  const find: typeof tables.placements.find = async (where, options) => {
    const rows = await tables.placements.find(where, options);
    if (options?.lock) rows.forEach(locked);
    return rows;
  };
  return {
    ...tables,
    placements: new Proxy(tables.placements, {
      get: (target, name): unknown => (name === 'find' ? find : Reflect.get(target, name)),
    }),
  };
}

const kindOf = (dice: number): Doing => (dice < 0.5 || dice >= 0.9 ? 'flag' : dice < 0.8 ? 'move' : 'erase');

interface Wish {
  readonly threads: readonly number[];
  readonly from: Parameters<DatabaseMailChanges['move']>[2];
  readonly target: Parameters<DatabaseMailChanges['move']>[3];
  readonly dice: number;
}

function act(
  changes: DatabaseMailChanges,
  { userId }: AccountRow,
  { threads, from, target, dice }: Wish,
): Promise<unknown> {
  if (dice < 0.3) return changes.mark(userId, threads, dice < 0.15);
  if (dice < 0.5) return changes.star(userId, threads, dice < 0.4);
  if (dice < 0.8) return changes.move(userId, threads, from, target);
  if (dice < 0.9) return changes.erase(userId, threads, from);
  return changes.markFolder(userId, from);
}

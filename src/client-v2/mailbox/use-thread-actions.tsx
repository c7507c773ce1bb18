import { App, Button, Space } from 'antd';
import { useRef, useState } from 'react';
import { textKey } from '../../shared/text-key';
import type { WireFolder, WireMoved } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import type { PatchChange, ThreadChange } from './change-threads';
import { folderPath } from './folder-name';
import type { Shortcut } from './shortcuts';
import { LastMove } from './last-move';
import { useRefusals } from './use-refusals';

const UNDO_SECONDS = 8;
/** The newest takes the place of the one before. */
const UNDO_KEY = 'email-undo';
const TOO_LATE = textKey(
  'Nothing to take back: that is possible for {{seconds}} seconds. Move the conversation back yourself.',
);

export interface ThreadActionsOptions {
  /** Where the conversations lie that are shown. */
  readonly folder: WireFolder | null;
  readonly folders: readonly WireFolder[];
  /** The conversation that is open. */
  readonly threadId: number | null;
  readonly closeThread: () => void;
  readonly onChanged: () => void;
}

/** What a reader does with a conversation. All of it shows at once, and what moves mail can be taken back. */
export function useThreadActions({ folder, folders, threadId, closeThread, onChanged }: ThreadActionsOptions) {
  const api = useMailApi();
  const t = useT();
  const { change, attempt, patch } = useAttempts(onChanged);
  const leave = (from: WireFolder | null, id: number, work: (from: WireFolder) => Promise<unknown>): void => {
    if (!from) return;
    attempt({ kind: 'gone', id }, { kind: 'back', id }, () => work(from));
    // Afterwards: the list looks for the neighbour of the row before the conversation is closed.
    if (threadId === id) closeThread();
  };
  const { begin, undo, withdraw, tell } = useUndo();
  useRefusals(withdraw);
  const moveBy = (lies: WireFolder | null, id: number, move: (from: WireFolder) => Promise<WireMoved>): void =>
    leave(lies, id, async (from) => {
      const { offer, fail } = begin();
      const { folderId, messageIds } = await move(from).catch(fail);
      const target = folders.find((one) => one.id === folderId);
      const back = (): void =>
        attempt({ kind: 'back', id }, { kind: 'gone', id }, () => api.moveBack(id, folderId, from.id, messageIds));
      offer(t('Moved to “{{folder}}”.', { folder: target ? folderPath(target, t) : '' }), back);
    });
  /** What can be done with what lies in a folder. */
  const actionsFor = (lies: WireFolder | null) => ({
    archive: (id: number): void => moveBy(lies, id, (from) => api.archive(id, from.id)),
    trash: (id: number): void => moveBy(lies, id, (from) => api.trash(id, from.id)),
    move: (id: number, targetId: number): void => moveBy(lies, id, (from) => api.move(id, from.id, targetId)),
    erase: (id: number): void =>
      leave(lies, id, async (from) => {
        // What is erased cannot be taken back from where it was moved before.
        withdraw();
        await api.erase(id, from.id);
        tell(t('Deleted for ever.'));
      }),
    star: (id: number, isStarred: boolean): void => patch(id, { isStarred }, () => api.star(id, isStarred)),
    unread: (id: number): void => {
      if (threadId === id) closeThread();
      patch(id, { isUnread: true }, () => api.mark(id, false));
    },
    markFolderRead: (): void => {
      if (lies) patch(null, { isUnread: false }, () => api.markFolderRead(lies.id));
    },
    folder: lies,
    targets: targetsOf(folders, lies),
  });
  return {
    ...actionsFor(folder),
    /** For a conversation that lies elsewhere: results of a search do. */
    from: (id: number) => actionsFor(folders.find((one) => one.id === id) ?? null),
    change,
    /** Takes back what was moved last, while that is offered. */
    undo,
  };
}

/** What the reader has just done. */
function useAttempts(onChanged: () => void) {
  const t = useT();
  const { message } = App.useApp();
  const [change, setChange] = useState<ThreadChange | null>(null);
  /** Shows the change; if it fails, says so and shows what was before. */
  const attempt = (now: ThreadChange, before: ThreadChange, work: () => Promise<unknown>): void => {
    setChange(now);
    work()
      .catch((error: unknown) => {
        setChange(before);
        void message.error(sentenceOf(error, t));
      })
      .finally(onChanged);
  };
  const patch = (id: number | null, now: PatchChange['patch'], work: () => Promise<unknown>): void => {
    const patched: PatchChange = { kind: 'patch', id, patch: now };
    attempt(patched, { kind: 'unpatch', failed: patched }, work);
  };
  return { change, attempt, patch };
}

export type ThreadActions = ReturnType<typeof useThreadActions>;
/** Those of one folder. */
export type FolderActions = ReturnType<ThreadActions['from']>;

/** Carries a key out. Nothing is erased by one key: in the trash, Delete does nothing. */
export function runShortcut(actions: FolderActions, shortcut: Shortcut, id: number, isStarred: boolean): void {
  if (shortcut === 'star') actions.star(id, !isStarred);
  else if (shortcut === 'unread') actions.unread(id);
  else if (movesAway(actions, shortcut)) actions[shortcut](id);
}

/** True for a key that takes the conversation out of the list that is shown. */
export function movesAway({ folder }: FolderActions, shortcut: Shortcut): boolean {
  return (shortcut === 'archive' || shortcut === 'trash') && shortcut !== folder?.role;
}

/** Folders of the same mailbox that take mail. */
function targetsOf(folders: readonly WireFolder[], folder: WireFolder | null): readonly WireFolder[] {
  return folders.filter((one) => one.accountId === folder?.accountId && one.isSelectable && one.id !== folder.id);
}

/** Offers for some seconds to take back what was done last: by a button, and by a key, which counts from the moment it is done. */
function useUndo() {
  const t = useT();
  const { message } = App.useApp();
  const last = useRef(new LastMove());
  const end = (): void => message.destroy(UNDO_KEY);
  const undo = (): void => {
    const isDone = last.current.takeBack();
    end();
    // A key that does nothing looks as if it were broken.
    if (!isDone) void message.info({ key: UNDO_KEY, content: t(TOO_LATE, { seconds: UNDO_SECONDS }) });
  };
  /** The socket may tell of a refusal before the request is answered. */
  const withdraw = (): void => {
    end();
    last.current.forget();
  };
  const begin = () => {
    // The newest takes the place of the one before.
    end();
    const move = last.current.begin();
    const offer = (text: string, back: () => void): void => {
      if (!last.current.answered(move, back)) return;
      const content = (
        <Space role="status">
          {text}
          <Button size="small" onClick={undo}>
            {t('Undo')}
          </Button>
        </Space>
      );
      const onClose = (): void => last.current.forget(move);
      void message.open({ key: UNDO_KEY, type: 'success', duration: UNDO_SECONDS, content, onClose });
    };
    const fail = (error: unknown): never => {
      last.current.forget(move);
      throw error;
    };
    return { offer, fail };
  };
  const tell = (text: string): void => void message.success({ key: UNDO_KEY, content: text });
  return { begin, undo, withdraw, tell };
}

import { App, Button, Space } from 'antd';
import { useState } from 'react';
import type { WireFolder } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { folderName } from './folder-name';
import type { Shortcut } from './shortcuts';

const UNDO_SECONDS = 8;
/** The newest takes the place of the one before. */
const UNDO_KEY = 'email-undo';

export interface ThreadActionsOptions {
  /** Where the conversations lie that are shown. */
  readonly folder: WireFolder | null;
  readonly folders: readonly WireFolder[];
  /** The conversation that is open. */
  readonly threadId: number | null;
  readonly closeThread: () => void;
  readonly onChanged: () => void;
}

/** A conversation that has just left the list; a new object each time. */
export interface Removed {
  readonly id: number;
}

/** What a reader does with a conversation. All of it shows at once, and what moves mail can be taken back. */
export function useThreadActions({ folder, folders, threadId, closeThread, onChanged }: ThreadActionsOptions) {
  const api = useMailApi();
  const t = useT();
  const { message } = App.useApp();
  const [removed, setRemoved] = useState<Removed | null>(null);
  const attempt = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => message.error(sentenceOf(error, t))).finally(onChanged);
  const leave = (id: number): void => {
    setRemoved({ id });
    if (threadId === id) closeThread();
  };
  const undo = useUndo(onChanged);
  const moveBy = (id: number, move: () => Promise<number>): void => {
    if (!folder) return;
    leave(id);
    const back = async (): Promise<void> => {
      const targetId = await move();
      const target = folders.find((one) => one.id === targetId);
      undo(t('Moved to “{{folder}}”.', { folder: target ? folderName(target, t) : '' }), () =>
        api.move(id, targetId, folder.id),
      );
    };
    void attempt(back());
  };
  const actions = {
    archive: (id: number): void => moveBy(id, async () => (await api.archive(id, folder?.id ?? 0)).folderId),
    trash: (id: number): void => moveBy(id, async () => (await api.trash(id, folder?.id ?? 0)).folderId),
    move: (id: number, targetId: number): void =>
      moveBy(id, async () => {
        await api.move(id, folder?.id ?? 0, targetId);
        return targetId;
      }),
    erase: (id: number): void => {
      if (!folder) return;
      leave(id);
      void attempt(api.erase(id, folder.id));
    },
    star: (id: number, isStarred: boolean): void => void attempt(api.star(id, isStarred)),
    unread: (id: number): void => {
      if (threadId === id) closeThread();
      void attempt(api.mark(id, false));
    },
    markFolderRead: (): void => void (folder && attempt(api.markFolderRead(folder.id))),
  };
  return { ...actions, folder, targets: targetsOf(folders, folder), removed };
}

export type ThreadActions = ReturnType<typeof useThreadActions>;

/** Carries a key out. Nothing is erased by one key: in the trash, Delete does nothing. */
export function runShortcut(actions: ThreadActions, shortcut: Shortcut, id: number, isStarred: boolean): void {
  const role = actions.folder?.role;
  if (shortcut === 'star') actions.star(id, !isStarred);
  else if (shortcut === 'unread') actions.unread(id);
  else if (shortcut !== role) actions[shortcut](id);
}

/** Folders of the same mailbox that take mail. */
function targetsOf(folders: readonly WireFolder[], folder: WireFolder | null): readonly WireFolder[] {
  return folders.filter((one) => one.accountId === folder?.accountId && one.isSelectable && one.id !== folder.id);
}

function useUndo(onChanged: () => void) {
  const t = useT();
  const { message } = App.useApp();
  return (text: string, back: () => Promise<unknown>): void => {
    const takeBack = (): void => {
      message.destroy(UNDO_KEY);
      back().then(onChanged, (error: unknown) => void message.error(sentenceOf(error, t)));
    };
    const content = (
      <Space>
        {text}
        <Button size="small" onClick={takeBack}>
          {t('Undo')}
        </Button>
      </Space>
    );
    void message.open({ key: UNDO_KEY, type: 'success', duration: UNDO_SECONDS, content });
  };
}

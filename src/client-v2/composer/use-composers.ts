import { App } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { WireDraft, WireDraftKind, WireMessage, WireOutgoing } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';

const MOST_OPEN = 3;

/** The mails being written: which windows are open, and how they begin. */
export interface Composers {
  readonly open: readonly WireDraft[];
  readonly write: (accountId: number) => Promise<void>;
  readonly answer: (kind: WireDraftKind, message: WireMessage) => Promise<void>;
  readonly openDraft: (id: number) => Promise<void>;
  readonly close: (id: number) => void;
  readonly sent: (outgoing: WireOutgoing) => void;
  /** False once the window of this draft is closed, pushed out by a newer one, or gone with the page. */
  readonly isOpen: (id: number) => boolean;
  /** A window went away without its writer closing it; `isKept` when there was something in it. */
  readonly pushedOut: (isKept: boolean) => void;
}

export function useComposers(onChanged: () => void): Composers {
  const t = useT();
  const api = useMailApi();
  const { message: toast } = App.useApp();
  const [open, setOpen] = useState<readonly WireDraft[]>([]);
  const openNow = useRef(open);
  openNow.current = open;
  useEffect(() => () => void (openNow.current = []), []);
  const show = useCallback(
    async (load: () => Promise<WireDraft>) => {
      try {
        const draft = await load();
        const others = openNow.current.filter((one) => one.id !== draft.id);
        setOpen([...others, draft].slice(-MOST_OPEN));
      } catch (error) {
        toast.error(sentenceOf(error, t));
      }
    },
    [t, toast],
  );
  return useMemo(
    () => ({
      open,
      write: (accountId) => show(() => api.createDraft(accountId, 'new')),
      answer: (kind, message) => show(() => api.createDraft(message.accountId, kind, message.id)),
      openDraft: (id) => show(() => api.draft(id)),
      close: (id) => {
        setOpen((before) => before.filter((draft) => draft.id !== id));
        onChanged();
      },
      sent: (outgoing) => {
        setOpen((before) => before.filter((draft) => draft.id !== outgoing.draftId));
        onChanged();
      },
      isOpen: (id) => openNow.current.some((draft) => draft.id === id),
      pushedOut: (isKept) => {
        if (isKept) toast.info(t('The oldest window was closed; its mail is in “Unsent drafts”.'));
        onChanged();
      },
    }),
    [api, onChanged, open, show, t, toast],
  );
}

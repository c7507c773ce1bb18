import { useCallback, useEffect, useReducer, useRef, type RefObject } from 'react';
import type { WireDraft, WireOutgoing } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import {
  beginDraft,
  draftReducer,
  isBlank,
  isDirty,
  type DraftEvent,
  type DraftState,
  type Editable,
} from './draft-state';
import type { Composers } from './use-composers';
import { useProblem, type Attempt } from './use-problem';
import { useUploads } from './use-uploads';

const SAVE_DELAY_MS = 1_200;

/** Saves that run one after the other, since each needs the revision of the one before. */
function useSaving(id: number, state: DraftState, dispatch: (event: DraftEvent) => void) {
  const api = useMailApi();
  const latest = useRef(state);
  latest.current = state;
  const queue = useRef<Promise<void>>(Promise.resolve());
  const settled = useCallback((): Promise<void> => queue.current.catch(() => undefined), []);
  const saveNow = useCallback((): Promise<void> => {
    queue.current = settled().then(async () => {
      const { uploads: _uploads, pending: _pending, edits, savedEdits, ...content } = latest.current;
      if (edits === savedEdits) return;
      const { revision } = await api.saveDraft(id, content);
      // Known at once, not only after the next rendering: a save that waits in line needs it.
      latest.current = { ...latest.current, revision, savedEdits: edits };
      dispatch({ type: 'saved', revision, edits });
    });
    return queue.current;
  }, [api, dispatch, id, settled]);
  return { latest, settled, saveNow };
}

/** A draft with autosave; problems are kept for showing, and a later success takes them away. */
export function useDraft(draft: WireDraft, composers: Pick<Composers, 'isOpen' | 'pushedOut'>) {
  const [state, dispatch] = useReducer(draftReducer, draft, beginDraft);
  const { problem, attempt } = useProblem();
  const saving = useSaving(draft.id, state, dispatch);
  const hasChanges = isDirty(state);
  useAutosave(state, () => void attempt(saving.saveNow));
  const uploads = useUploads(draft.id, saving.latest, attempt, dispatch);
  const ending = useEndings(draft, saving, attempt, composers);
  useUnloadWarning(saving.latest);
  return {
    state,
    problem,
    hasChanges,
    edit: (change: Partial<Editable>) => dispatch({ type: 'edit', change }),
    attach: uploads.attach,
    detach: uploads.detach,
    discard: ending.discard,
    leave: ending.leave,
    send: () => ending.send(uploads.settled),
  };
}

function useAutosave(state: DraftState, save: () => void): void {
  const latest = useRef(save);
  latest.current = save;
  const hasChanges = isDirty(state);
  useEffect(() => {
    if (!hasChanges) return undefined;
    const timer = setTimeout(() => latest.current(), SAVE_DELAY_MS);
    return () => clearTimeout(timer);
  }, [hasChanges, state.edits]);
}

/** How a draft ends: sent, discarded, left by its writer, or gone because its window went away. */
function useEndings(
  draft: WireDraft,
  { latest, settled, saveNow }: ReturnType<typeof useSaving>,
  attempt: Attempt,
  composers: Pick<Composers, 'isOpen' | 'pushedOut'>,
) {
  const api = useMailApi();
  const isEnded = useRef(false);
  const isBlankNow = (): boolean => isBlank(latest.current, draft.hasOriginal);
  const discardNow = () => settled().then(() => api.discardDraft(draft.id));
  const end = async (work: () => Promise<unknown>): Promise<boolean> => {
    isEnded.current = (await attempt(() => work().then(() => true))) ?? false;
    return isEnded.current;
  };
  useFlush(async () => {
    if (isEnded.current) return;
    // The same draft may be open again in a newer window: only one that is gone is cleared away.
    const isGone = !composers.isOpen(draft.id);
    if (isGone && isBlankNow()) await discardNow();
    else await saveNow();
    if (isGone) composers.pushedOut(!isBlankNow());
  });
  return {
    discard: () => end(discardNow),
    /** Saves and keeps the draft, or removes one that nobody would miss. False: it is still only here. */
    leave: () => end(isBlankNow() ? discardNow : saveNow),
    send: async (uploaded: () => Promise<unknown>): Promise<WireOutgoing | null> => {
      const outgoing = await attempt(() =>
        uploaded()
          .then(saveNow)
          .then(() => api.send(draft.id)),
      );
      isEnded.current = outgoing !== null;
      return outgoing;
    },
  };
}

/** A tab that closes with unsaved text asks first. */
function useUnloadWarning(latest: RefObject<DraftState>): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      if (latest.current && isDirty(latest.current)) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [latest]);
}

/** Runs `flush` when the window goes away: what was typed in the last moment is not lost. */
function useFlush(flush: () => Promise<void>): void {
  const last = useRef(flush);
  last.current = flush;
  // Nobody is left to tell; a mail that was sent or discarded meanwhile refuses.
  useEffect(() => () => void last.current().catch(() => undefined), []);
}

export type Draft = ReturnType<typeof useDraft>;

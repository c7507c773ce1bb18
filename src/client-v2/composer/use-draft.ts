import { useCallback, useEffect, useReducer, useRef, useState, type RefObject } from 'react';
import type { WireDraft, WireOutgoing } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { toProblem, type Problem } from '../api/problem';
import {
  beginDraft,
  draftReducer,
  isBlank,
  isDirty,
  type DraftEvent,
  type DraftState,
  type Editable,
} from './draft-state';

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
      const { uploads: _uploads, edits, savedEdits, ...content } = latest.current;
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
export function useDraft(draft: WireDraft) {
  const api = useMailApi();
  const [state, dispatch] = useReducer(draftReducer, draft, beginDraft);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { latest, settled, saveNow } = useSaving(draft.id, state, dispatch);
  const attempt = useCallback(async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      const answer = await work();
      setProblem(null);
      return answer;
    } catch (error) {
      setProblem(toProblem(error));
      return null;
    }
  }, []);

  const hasChanges = isDirty(state);
  useEffect(() => {
    if (!hasChanges) return undefined;
    const timer = setTimeout(() => void attempt(saveNow), SAVE_DELAY_MS);
    return () => clearTimeout(timer);
  }, [attempt, hasChanges, saveNow, state.edits]);

  const uploading = useRef<Promise<unknown>>(Promise.resolve());
  const attach = (file: File) => {
    // One after the other: the server counts what is there before it takes the next.
    const turn = uploading.current.then(() =>
      attempt(async () => dispatch({ type: 'attached', upload: await api.upload(draft.id, file) })),
    );
    uploading.current = turn;
    return turn;
  };
  const discardNow = () => settled().then(() => api.discardDraft(draft.id));
  useFlush(latest, saveNow);
  return {
    state,
    problem,
    hasChanges,
    discard: async (): Promise<boolean> => (await attempt(() => discardNow().then(() => true))) ?? false,
    edit: (change: Partial<Editable>) => dispatch({ type: 'edit', change }),
    attach,
    detach: (id: number) => attempt(() => api.detach(draft.id, id).then(() => dispatch({ type: 'detached', id }))),
    /** Saves and keeps the draft, or removes one that nobody would miss. False: it is still only here. */
    leave: async (): Promise<boolean> => {
      const isGone = isBlank(latest.current, draft.hasOriginal);
      return (await attempt(() => (isGone ? discardNow() : saveNow()).then(() => true))) ?? false;
    },
    send: (): Promise<WireOutgoing | null> =>
      attempt(() => uploading.current.then(saveNow).then(() => api.send(draft.id))),
  };
}

/** What was typed in the last moment is saved when the window goes away, and a closing tab asks first. */
function useFlush(latest: RefObject<DraftState>, saveNow: () => Promise<void>): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      if (latest.current && isDirty(latest.current)) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => {
      window.removeEventListener('beforeunload', warn);
      // Nobody is left to tell; a mail that was sent or discarded meanwhile refuses the save.
      saveNow().catch(() => undefined);
    };
  }, [latest, saveNow]);
}

export type Draft = ReturnType<typeof useDraft>;

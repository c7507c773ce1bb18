import { useCallback, useEffect, useRef, useState } from 'react';
import type { WireThreadPage } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { toProblem, type Problem } from '../api/problem';
import { changeThreads, type ShownThreads, type ThreadChange } from './change-threads';
import { mergePages } from './merge-pages';

interface State extends ShownThreads {
  readonly nextBefore: string | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
}

const EMPTY: State = { threads: [], gone: [], nextBefore: null, problem: null, isLoading: true };

/** Pages of conversations of a folder. A reload reads the first page again and keeps the older ones that were loaded. */
export function useThreads(folderId: number) {
  const api = useMailApi();
  const [state, setState] = useState<State>(EMPTY);
  const turn = useRef(0);
  const apply = useCallback(
    async (before: string | undefined, join: (state: State, page: WireThreadPage) => State) => {
      const mine = turn.current;
      try {
        const page = await api.threads(folderId, before);
        if (mine === turn.current) setState((old) => ({ ...join(old, page), problem: null, isLoading: false }));
      } catch (error) {
        if (mine === turn.current) setState((old) => ({ ...old, problem: toProblem(error), isLoading: false }));
      }
    },
    [api, folderId],
  );
  const reload = useCallback(() => apply(undefined, (old, page) => ({ ...old, ...mergePages(old, page) })), [apply]);
  const loadMore = useCallback(
    () =>
      apply(state.nextBefore ?? undefined, (old, page) => ({
        ...old,
        threads: [...old.threads, ...page.threads],
        nextBefore: page.nextBefore,
      })),
    [apply, state.nextBefore],
  );
  const show = useCallback(
    (change: ThreadChange) => setState((old) => ({ ...old, ...changeThreads(old, change) })),
    [],
  );
  useEffect(() => {
    turn.current += 1;
    setState(EMPTY);
    void reload();
  }, [reload]);
  return { ...state, hasMore: state.nextBefore !== null, reload, loadMore, show };
}

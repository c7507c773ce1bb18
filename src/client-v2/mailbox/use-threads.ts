import { useCallback, useEffect, useRef, useState } from 'react';
import type { WireThreadPage } from '../../shared/wire';
import { toProblem, type Problem } from '../api/problem';
import { changeThreads, readAgain, type ShownThreads, type ThreadChange } from './change-threads';
import { appendPage, mergePages } from './merge-pages';
import type { ThreadSource } from './thread-source';

interface State extends ShownThreads {
  readonly nextBefore: string | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
}

const EMPTY: State = { threads: [], gone: [], patched: [], nextBefore: null, problem: null, isLoading: true };

/** Pages of conversations. A reload reads the first page again and keeps the older ones that were loaded, if it reaches them. */
export function useThreads({ load }: ThreadSource) {
  const [state, setState] = useState<State>(EMPTY);
  const turn = useRef(0);
  const apply = useCallback(
    async (before: string | undefined, join: (state: State, page: WireThreadPage) => State) => {
      const mine = turn.current;
      try {
        const page = await load(before);
        if (mine === turn.current) setState((old) => ({ ...join(old, page), problem: null, isLoading: false }));
      } catch (error) {
        if (mine === turn.current) setState((old) => ({ ...old, problem: toProblem(error), isLoading: false }));
      }
    },
    [load],
  );
  const reload = useCallback(
    () => apply(undefined, (old, page) => ({ ...readAgain(old, page.threads), ...mergePages(old, page) })),
    [apply],
  );
  const { nextBefore } = state;
  const loadMore = useCallback(
    () => apply(nextBefore ?? undefined, (old, page) => ({ ...old, ...appendPage(old, page, nextBefore) })),
    [apply, nextBefore],
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

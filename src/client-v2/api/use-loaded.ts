import { useCallback, useEffect, useRef, useState } from 'react';
import { toProblem, type Problem } from './problem';

export interface Loaded<T> {
  readonly data: T | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  readonly reload: () => Promise<void>;
}

/** Loads when `load` changes and on `reload`; keeps the old data while reloading, and ignores answers that come too late. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ data: null, problem: null, isLoading: true });
  const turn = useRef(0);
  const reload = useCallback(async () => {
    const mine = (turn.current += 1);
    try {
      const data = await load();
      if (mine === turn.current) setState({ data, problem: null, isLoading: false });
    } catch (error) {
      if (mine === turn.current) setState((before) => ({ ...before, problem: toProblem(error), isLoading: false }));
    }
  }, [load]);
  useEffect(() => {
    setState({ data: null, problem: null, isLoading: true });
    void reload();
    return () => void (turn.current += 1);
  }, [reload]);
  return { ...state, reload };
}

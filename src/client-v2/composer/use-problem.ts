import { useCallback, useState } from 'react';
import { toProblem, type Problem } from '../api/problem';

/** Runs a call; null when it failed, and then the problem is kept for showing. */
export type Attempt = <T>(work: () => Promise<T>) => Promise<T | null>;

/** What went wrong last; a later success takes it away. */
export function useProblem() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = useCallback<Attempt>(async (work) => {
    try {
      const answer = await work();
      setProblem(null);
      return answer;
    } catch (error) {
      setProblem(toProblem(error));
      return null;
    }
  }, []);
  return { problem, attempt };
}

import type { OAuthStateRow } from '../ports/records';

export interface OAuthStateStore {
  create(row: OAuthStateRow): Promise<void>;
  find(stateHash: string): Promise<OAuthStateRow | null>;
  /** Marks the state used; false when somebody else was faster. */
  use(stateHash: string, now: number): Promise<boolean>;
  removeOlderThan(time: number): Promise<void>;
}

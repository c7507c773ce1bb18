import type { UserId } from '../mail/ids';

/** Why nothing arrives in a mailbox any more. */
export type StopKind = 'needs-reconnect' | 'failing' | 'paused' | 'switched-off' | 'inbox-closed';

export interface Notice {
  readonly user: UserId;
  readonly kind: StopKind;
  /** Label of the mailbox; of its mail nothing is told. */
  readonly address: string;
}

/** The application's way of telling a user something they should not miss. */
export interface Notifier {
  /**
   * Tells in the user's language, with a link to the mailbox.
   * @returns false when the application has no way to tell
   * @throws when it has one and that failed
   */
  notify(notice: Notice): Promise<boolean>;
}

/** The application's users, as far as we need to know them. */
export interface People {
  /** What people call them; users that are gone are missing. */
  names(users: readonly UserId[]): Promise<ReadonlyMap<UserId, string>>;
  /** A language code such as `ja-JP`: the user's own, else the application's. */
  language(user: UserId): Promise<string>;
}

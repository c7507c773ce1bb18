import { MailError } from '../errors/mail-error';

/**
 * What says something about the database, its connection or its load, and nothing about the data: classes 08, 53 and 57 and some more of
 * SQLSTATE, names of MySQL, MariaDB and SQLite, and of the network.
 */
const NOT_THE_DATA = new RegExp(
  [
    '^(?:08|40|53|55|57|58)[0-9A-Z]{3}$|^25006$|^XX000$',
    'ER_(?:LOCK|QUERY|STATEMENT_TIMEOUT|OPTION_PREVENTS|READ_ONLY|SERVER|CON_|TOO_MANY|OUT_OF|OUTOF|DISK|RECORD_FILE_FULL|CHECKREAD|NEW_ABORTING|ABORTING)',
    '^PROTOCOL_|^E(?:CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_)|SOCKET|CONNECTION',
    'SQLITE_(?:BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOMEM|CORRUPT|INTERRUPT|PROTOCOL|AUTH)',
  ].join('|'),
);

/** An index of PostgreSQL (class XX) or of SQLite whose own data are wrong. */
const DAMAGED = /^XX00|SQLITE_CORRUPT/;

/**
 * True when the database does not take what a message holds. Locks, time limits, restarts, lost connections and full disks are no refusal, nor is
 * an error without a code: a good mail must not be stored as unreadable for them.
 */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  const isAboutData = (error as { name?: string } | null)?.name === 'SequelizeDatabaseError';
  return isAboutData && code !== null && !NOT_THE_DATA.test(code);
}

/** True when the full-text index may be what failed: it does not take the words, is not there any more, or is damaged. */
export function maybeIndex(error: unknown): boolean {
  if (error instanceof MailError) return false;
  const code = codeOf(error);
  return code === null || DAMAGED.test(code) || !NOT_THE_DATA.test(code);
}

function codeOf(error: unknown): string | null {
  const code = (error as { parent?: { code?: unknown } } | null)?.parent?.code;
  return typeof code === 'string' ? code : null;
}

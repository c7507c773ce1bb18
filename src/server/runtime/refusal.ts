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

/**
 * True when the database does not take what a message holds. Locks, time limits, restarts, lost connections and full disks are no refusal, nor is
 * an error without a code: a good mail must not be stored as unreadable for them.
 */
export function isRefusal(error: unknown): boolean {
  const { name, parent } = (error ?? {}) as { name?: string; parent?: { code?: unknown } };
  const code = parent?.code;
  return name === 'SequelizeDatabaseError' && typeof code === 'string' && !NOT_THE_DATA.test(code);
}

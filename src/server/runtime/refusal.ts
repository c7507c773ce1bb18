const NOT_THE_DATA = /40P01|40001|57P0\d|53\d{3}|ER_LOCK|ER_QUERY|SQLITE_(?:BUSY|LOCKED|FULL|IOERR)/;

/** True when the database does not take what a message holds; locks, restarts and full disks are no refusal. */
export function isRefusal(error: unknown): boolean {
  const { name, parent } = (error ?? {}) as { name?: string; parent?: { code?: unknown } };
  return name === 'SequelizeDatabaseError' && !NOT_THE_DATA.test(String(parent?.code ?? ''));
}

import type { Application } from '@nocobase/server';

/** Messages of one conversation. */
const THREAD_LENGTH = 3;
const WORDS = 20_000;
const WORDS_A_MAIL = 40;
const SENDERS = 500;

export interface FilledMailbox {
  readonly accountId: number;
  readonly inbox: number;
  readonly folders: number;
}

/**
 * Writes a mailbox of `count` made-up messages straight into the tables of a PostgreSQL database: conversations of three, spread over ten
 * folders (half of them in the inbox), one of twenty unread, with words as unevenly frequent as those of a language.
 */
export async function fillRows(app: Application, user: number, count: number): Promise<FilledMailbox> {
  const { db } = app as unknown as { db: Db };
  const run = async (sql: string): Promise<unknown[]> => {
    try {
      const [rows] = await db.sequelize.query(sql);
      return rows as unknown[];
    } catch (error) {
      // Sequelize's errors come without a message where Jest prints them.
      throw new Error(`${String((error as { parent?: Error }).parent?.message)} in ${sql.slice(0, 120)}`, {
        cause: error,
      });
    }
  };
  const t = (name: string): string => db.getCollection(name).quotedTableName();
  const [{ id: accountId }] = (await run(
    `INSERT INTO ${t('emailAccounts')} ("userId", provider, subject, address, state, "searchVersion", "createdAt", "updatedAt")
     VALUES (${user}, 'microsoft', 'bench', 'bench@contoso.test', 'needs-reconnect', 1, now(), now()) RETURNING id`,
  )) as { id: number }[];
  const folders = (await run(
    `INSERT INTO ${t('emailFolders')} ("accountId", "userId", path, "pathKey", name, delimiter, role, "isSelectable", "isGone", "needsCount", "createdAt", "updatedAt")
     SELECT ${accountId}, ${user}, name, name, name, '/', CASE WHEN n = 0 THEN 'inbox' END, true, false, false, now(), now()
     FROM (SELECT n, 'Folder ' || n AS name FROM generate_series(0, 9) n) f ORDER BY n RETURNING id`,
  )) as { id: number }[];
  const inbox = Number(folders[0].id);
  const threads = Math.ceil(count / THREAD_LENGTH);
  const base = 1_700_000_000_000;
  await run(
    `INSERT INTO ${t('emailThreads')} (id, "accountId", "userId", "createdAt", "updatedAt")
     SELECT n, ${accountId}, ${user}, now(), now() FROM generate_series(1, ${threads}) n`,
  );
  await run(
    `INSERT INTO ${t('emailMessages')} (id, "accountId", "userId", "threadId", fingerprint, subject, "from", "to", "sentAt", "sizeBytes", snippet, text, "hasAttachments", "isComplete", "needsIndex", "threadVersion", "createdAt", "updatedAt")
     SELECT n, ${accountId}, ${user}, 1 + n % ${threads}, 'f' || n, 'Subject ' || (n % ${threads}), json_build_object('name', 'Sender ' || n % ${SENDERS}, 'address', 's' || n % ${SENDERS} || '@x.test'),
       '[]'::json, ${base} + n::bigint * 60000, 4000, 'Some first words of mail ' || n, repeat('Some text of an ordinary mail. ', 20), n % 10 = 0, true, false, 1, now(), now()
     FROM generate_series(1, ${count}) n`,
  );
  await run(
    `INSERT INTO ${t('emailPlacements')} ("accountId", "userId", "folderId", "shownFolderId", "messageId", "threadId", "uidValidity", uid, flags, "isSeen", "hasIntent", "needsBody", attempts, "receivedAt", "sizeBytes", "createdAt", "updatedAt")
     SELECT ${accountId}, ${user}, f, f, n, 1 + n % ${threads}, '1', n, '[]'::json, n % 20 <> 0, false, false, 0, ${base} + n::bigint * 60000, 4000, now(), now()
     FROM (SELECT n, CASE WHEN n % 2 = 0 THEN ${inbox} ELSE ${inbox} + (n / 2 % 9) + 1 END AS f FROM generate_series(1, ${count}) n) x`,
  );
  // The third power of an even chance: a few words are everywhere, most are rare.
  await run(
    `INSERT INTO ${t('emailSearchEntries')} (id, "accountId", "userId", "sentAt", fts)
     SELECT n, ${accountId}, ${user}, ${base} + n::bigint * 60000,
       (SELECT string_agg('zww' || floor(${WORDS} * power(random(), 3))::int || ':' || p, ' ') FROM generate_series(1, ${WORDS_A_MAIL}) p WHERE n = n)::tsvector
         || ('zfsender:41 zf' || n % ${SENDERS} || ':42 zwsender:44 zw' || n % ${SENDERS} || ':45')::tsvector
     FROM generate_series(1, ${count}) n`,
  );
  for (const { id } of folders)
    await run(
      `UPDATE ${t('emailFolders')} SET "totalCount" = (SELECT count(*) FROM ${t('emailPlacements')} WHERE "shownFolderId" = ${id}),
        "unreadCount" = (SELECT count(*) FROM ${t('emailPlacements')} WHERE "shownFolderId" = ${id} AND NOT "isSeen") WHERE id = ${id}`,
    );
  await run('VACUUM ANALYZE');
  return { accountId: Number(accountId), inbox, folders: folders.length };
}

interface Db {
  readonly sequelize: { query(sql: string): Promise<unknown[]> };
  getCollection(name: string): { quotedTableName(): string };
}

import { QueryTypes, type Sequelize } from 'sequelize';

const NOW: Readonly<Record<string, string>> = {
  postgres: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now',
  mysql: 'SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED) AS now',
  mariadb: 'SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED) AS now',
};

/** Milliseconds since 1970 by the database's clock, which all nodes share; SQLite has one node and no clock of its own. */
export function databaseClock(sequelize: Sequelize): () => Promise<number> {
  const sql = NOW[sequelize.getDialect()];
  return async () => {
    if (!sql) return Date.now();
    const [row] = await sequelize.query<{ now: string | number }>(sql, { type: QueryTypes.SELECT });
    return Number(row.now);
  };
}

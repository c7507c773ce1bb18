import path from 'node:path';
import mysql from 'mysql2/promise';
import { Client } from 'pg';

export type DatabaseName = 'sqlite' | 'postgres' | 'mariadb';

export interface TestDatabase {
  readonly options: Record<string, unknown>;
  drop(): Promise<void>;
}

/** An empty database of its own for one test file, on the database this run is for (EMAIL_TEST_DATABASE). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `email_test_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  switch ((process.env.EMAIL_TEST_DATABASE ?? 'sqlite') as DatabaseName) {
    case 'postgres':
      await postgres(`CREATE DATABASE ${name}`);
      return {
        options: {
          dialect: 'postgres',
          host: '127.0.0.1',
          port: 5432,
          username: 'postgres',
          password: process.env.EMAIL_TEST_POSTGRES_PASSWORD ?? '',
          database: name,
          logging: false,
        },
        drop: () => postgres(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      };
    case 'mariadb':
      await mariadb(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      return {
        options: {
          dialect: 'mariadb',
          host: '127.0.0.1',
          port: 3306,
          username: 'root',
          password: process.env.EMAIL_TEST_MARIADB_PASSWORD ?? '',
          database: name,
          logging: false,
        },
        drop: () => mariadb(`DROP DATABASE IF EXISTS ${name}`),
      };
    default:
      return {
        options: {
          dialect: 'sqlite',
          storage: path.join(process.env.STORAGE_PATH ?? '', `${name}.sqlite`),
          logging: false,
        },
        drop: async () => undefined,
      };
  }
}

async function postgres(sql: string): Promise<void> {
  const client = new Client({
    host: '127.0.0.1',
    user: 'postgres',
    password: process.env.EMAIL_TEST_POSTGRES_PASSWORD ?? '',
    database: 'postgres',
  });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function mariadb(sql: string): Promise<void> {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    user: 'root',
    password: process.env.EMAIL_TEST_MARIADB_PASSWORD ?? '',
  });
  await connection.query(sql);
  await connection.end();
}

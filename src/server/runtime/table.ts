import type { Database, Model, ModelStatic } from '@nocobase/database';
import {
  type FindOptions,
  type LOCK,
  type ModelAttributeColumnOptions,
  type Transaction,
  type WhereOptions,
  UniqueConstraintError,
} from 'sequelize';
import { inMailScope } from './mail-scope';
import { portions } from './portions';
import { readersOf, type Reader } from './read-cells';
import { lengthOf, updateStatement, type Cells } from './update-each';

export type Tx = Transaction | undefined;

/** For rows that are read to be written: what the user wants of them may change in between. Everybody locks them in one order. */
export const locked = (tx: Tx): { transaction: Tx; lock?: LOCK; order: [string, string][] } => ({
  transaction: tx,
  lock: tx?.LOCK.UPDATE,
  order: [['id', 'ASC']],
});

/** The database gave up one of two transactions that waited for each other: it may simply be done again. */
const DEADLOCK = /^(?:40P01|40001|ER_LOCK_DEADLOCK|ER_CHECKREAD)$/;
const MOST_TRIES = 4;

/** Chunk of bulk statements: SQLite allows 32,766 variables a statement, MySQL 64 MB a packet. */
const CHUNK = 200;

const queues = new WeakMap<object, Promise<unknown>>();

/** SQLite has one writer: a second one at the same time would only find the database locked. */
function oneAtATime<T>(key: object, run: () => Promise<T>): Promise<T> {
  const turn = (queues.get(key) ?? Promise.resolve()).then(run, run);
  queues.set(key, turn);
  return turn;
}

/** Typed access to one mail table, inside the mail scope. The only place where rows are cast. */
export class Table<Row extends object> {
  private readonly model: ModelStatic<Model>;
  private readonly readers: ReadonlyMap<string, Reader>;
  /** Attributes by physical column. */
  private readonly columns: ReadonlyMap<string, string>;

  constructor(
    readonly db: Database,
    readonly name: string,
  ) {
    this.model = db.getCollection(name).model;
    this.readers = readersOf(this.model.rawAttributes);
    this.columns = new Map(Object.keys(this.model.rawAttributes).map((name) => [this.column(name), name]));
  }

  async find(where: WhereOptions<Row>, options: Omit<FindOptions, 'where'> = {}): Promise<Row[]> {
    return (await this.select(where, options)).map((row) => this.read(row));
  }

  async first(where: WhereOptions<Row>, options: Omit<FindOptions, 'where'> = {}): Promise<Row | null> {
    return (await this.find(where, { ...options, limit: 1 }))[0] ?? null;
  }

  /** Rows that are not rows of this table: aggregates. Numbers may come as strings, see `Number()` at the caller. */
  async select(where: WhereOptions<Row>, options: Omit<FindOptions, 'where'>): Promise<Record<string, unknown>[]> {
    // Raw: a model for each row costs more than the statement.
    const rows = await inMailScope(() => this.model.findAll({ ...options, where: where as WhereOptions, raw: true }));
    return rows;
  }

  async count(where: WhereOptions<Row>, transaction?: Tx): Promise<number> {
    return inMailScope(() => this.model.count({ where: where as WhereOptions, transaction }));
  }

  /** Number of rows, or the sum of a column, by the value of another. */
  async totals(
    key: keyof Row & string,
    where: WhereOptions<Row>,
    sumOf?: keyof Row & string,
  ): Promise<Map<string, number>> {
    const { sequelize } = this.db;
    const amount = sumOf
      ? sequelize.fn('SUM', sequelize.col(this.column(sumOf)))
      : sequelize.fn('COUNT', sequelize.literal('*'));
    const rows = await this.select(where, {
      attributes: [
        [sequelize.col(this.column(key)), 'group_key'],
        [amount, 'amount'],
      ],
      group: [this.column(key)],
    });
    return new Map(rows.map((row) => [String(row.group_key), Number(row.amount)]));
  }

  async insert(values: Partial<Row>, transaction?: Tx): Promise<Row> {
    const create = (): Promise<Model> => this.model.create(values as Record<string, unknown>, { transaction });
    return this.read((await this.write(transaction, create)).get({ plain: true }) as Record<string, unknown>);
  }

  /** Inserts unless a unique index already holds such a row; says whether it did. */
  async insertNew(values: Partial<Row>): Promise<Row | null> {
    try {
      return await this.insert(values);
    } catch (error) {
      if (error instanceof UniqueConstraintError || (error as Error).name === 'SequelizeUniqueConstraintError')
        return null;
      throw error;
    }
  }

  /** Inserts rows, but none that a unique index holds already. Written without models: these are the rows that come by the thousand. */
  async insertMany(rows: readonly Partial<Row>[], transaction?: Tx): Promise<void> {
    const { rawAttributes } = this.model;
    const attributes = Object.fromEntries([...this.columns].map(([column, name]) => [column, rawAttributes[name]]));
    // As `bulkCreate` calls it; the types do not know what reaches the generator. The host's log of SQL gets no mail.
    const options = { ignoreDuplicates: true, transaction, logging: false } as object;
    const insert = (records: object[]): Promise<unknown> =>
      this.db.sequelize
        .getQueryInterface()
        .bulkInsert(
          this.model.getTableName(),
          records,
          options,
          attributes as Record<string, ModelAttributeColumnOptions>,
        );
    // Written out once: Sequelize asks its time zone library for every date of every row.
    const now = this.db.sequelize.literal(this.db.sequelize.escape(new Date()));
    for (let at = 0; at < rows.length; at += CHUNK) {
      const records = rows.slice(at, at + CHUNK).map((row) => this.record(row, now));
      await this.write(transaction, () => insert(records));
    }
  }

  /** A row by physical column, with the defaults that a model would add. */
  private record(row: Partial<Row>, now: unknown): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (const [column, name] of this.columns) {
      const isStamp = name === 'createdAt' || name === 'updatedAt';
      const value = (row as Record<string, unknown>)[name];
      const given = value === undefined ? this.model.rawAttributes[name].defaultValue : value;
      if (isStamp) record[column] = value ?? now;
      else if (given !== undefined) record[column] = given;
    }
    return record;
  }

  /** Number of rows changed: a conditional update is how a claim is won. */
  async update(values: { [K in keyof Row]?: unknown }, where: WhereOptions<Row>, transaction?: Tx): Promise<number> {
    const [changed] = await this.write(transaction, () =>
      this.model.update(values, { where: where as WhereOptions, transaction }),
    );
    return changed;
  }

  /**
   * Sets columns row by row, many rows in a statement: `values` names rows by id, all with the same columns. Rows that are gone are passed
   * over, `updatedAt` stays. Values are bound, not pasted into the statement: a mail may hold what looks like a parameter.
   */
  async updateEach(values: ReadonlyMap<number, Cells>, transaction?: Tx): Promise<void> {
    // mysql2 prepares every statement with bound values and keeps it on the server; none of these comes twice. There they are escaped instead.
    const isBound = this.db.sequelize.getDialect() !== 'mysql';
    for (const some of portions(values, lengthOf)) {
      const { sql, values: cells } = updateStatement(this, some, isBound ? (nth) => `$${nth}` : () => '?');
      // Statements are kept out of the host's log of SQL.
      const options = {
        ...(isBound ? { bind: cells } : { replacements: cells }),
        transaction,
        logging: false as const,
      };
      await this.write(transaction, () => this.db.sequelize.query(sql, options));
    }
  }

  async remove(where: WhereOptions<Row>, transaction?: Tx): Promise<number> {
    return this.write(transaction, () => this.model.destroy({ where: where as WhereOptions, transaction }));
  }

  /** Physical name of a column, for the places where Sequelize does not translate (aggregates, GROUP BY). */
  column(attribute: string): string {
    return (this.model.rawAttributes[attribute] as { field?: string } | undefined)?.field ?? attribute;
  }

  /** The same, quoted for a raw expression. */
  quotedColumn(attribute: string): string {
    return this.db.sequelize.getQueryInterface().quoteIdentifier(this.column(attribute));
  }

  /** Physical name of the table, quoted for a raw statement. */
  quotedTable(): string {
    return this.db.getCollection(this.name).quotedTableName() as string;
  }

  /** `work` is done again when the database has given it up for another one; so it changes nothing but the database. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.queued(() => this.db.sequelize.transaction(work));
      } catch (error) {
        const code = String((error as { parent?: { code?: unknown } } | null)?.parent?.code);
        if (!DEADLOCK.test(code) || tries >= MOST_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20 * tries * Math.random()));
      }
    }
  }

  /** A single write waits for its turn like a transaction does; inside one it belongs to that turn already. */
  private write<T>(transaction: Tx, work: () => Promise<T>): Promise<T> {
    return transaction ? inMailScope(work) : this.queued(() => inMailScope(work));
  }

  private queued<T>(run: () => Promise<T>): Promise<T> {
    const { sequelize } = this.db;
    return sequelize.getDialect() === 'sqlite' ? oneAtATime(sequelize, run) : run();
  }

  /** Changes the row that it is given: nobody else has it. */
  private read(row: Record<string, unknown>): Row {
    for (const [name, reader] of this.readers) {
      const value = row[name];
      if (value !== null && value !== undefined) row[name] = reader(value);
    }
    return row as Row;
  }
}

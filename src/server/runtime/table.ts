import type { Database, Model, ModelStatic } from '@nocobase/database';
import {
  type FindOptions,
  type LOCK,
  type ModelAttributeColumnOptions,
  type Transaction,
  type WhereOptions,
  QueryTypes,
  UniqueConstraintError,
} from 'sequelize';
import { inMailScope } from './mail-scope';
import { jsonRowsOf, type Column, type JsonRows } from './json-rows';
import { charactersOf, portions } from './portions';
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

/** Rows in a statement: MySQL allows 64 MB a packet. */
const CHUNK = 500;
/** The same where all of them are one value, which is a JSON text. */
const JSON_CHUNK = 1_000;

const queues = new WeakMap<object, Promise<unknown>>();

/** SQLite has one writer: a second one at the same time would only find the database locked. */
function oneAtATime<T>(key: object, run: () => Promise<T>): Promise<T> {
  const turn = (queues.get(key) ?? Promise.resolve()).then(run, run);
  queues.set(key, turn);
  return turn;
}

/** A column, by the attribute that it holds, with the default that a model would add. */
interface WrittenColumn extends Column {
  readonly attribute: string;
  readonly isStamp: boolean;
  readonly fallback: unknown;
}

/** Statements with what is in mails are kept out of the host's log of SQL. */
const UNLOGGED = { logging: false } as const;

/** Typed access to one mail table, inside the mail scope. The only place where rows are cast. */
export class Table<Row extends object> {
  private readonly model: ModelStatic<Model>;
  private readonly readers: ReadonlyMap<string, Reader>;
  private readonly written: readonly WrittenColumn[];
  private readonly json: JsonRows | null;

  constructor(
    readonly db: Database,
    readonly name: string,
  ) {
    this.model = db.getCollection(name).model;
    this.readers = readersOf(this.model.rawAttributes);
    this.json = jsonRowsOf(db.sequelize.getDialect());
    this.written = Object.entries(this.model.rawAttributes).map(([attribute, { defaultValue }]) => ({
      attribute,
      name: this.column(attribute),
      quoted: this.quotedColumn(attribute),
      isStamp: attribute === 'createdAt' || attribute === 'updatedAt',
      fallback: defaultValue,
    }));
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

  /**
   * Inserts rows, but none that a unique index holds already. Written without models: these are the rows that come by the thousand.
   * @param returning attributes that are told of the rows that were written; MySQL and MariaDB tell nothing
   */
  async insertMany(
    rows: readonly Partial<Row>[],
    transaction?: Tx,
    returning: readonly (keyof Row & string)[] = [],
  ): Promise<Row[]> {
    // Written out once: Sequelize asks its time zone library for every date of every row.
    const now = this.db.sequelize.escape(new Date());
    const told: Row[] = [];
    for (const some of portions(rows, charactersOf, this.json ? JSON_CHUNK : CHUNK)) {
      if (this.json) told.push(...(await this.insertJson(this.json, some, now.slice(1, -1), transaction, returning)));
      else await this.insertLiteral(some, this.db.sequelize.literal(now), transaction);
    }
    return told;
  }

  private async insertJson(
    json: JsonRows,
    rows: readonly Partial<Row>[],
    now: string,
    transaction: Tx,
    returning: readonly string[],
  ): Promise<Row[]> {
    const given = this.written.filter(
      ({ attribute, isStamp, fallback }) => isStamp || fallback !== undefined || rows.some((row) => attribute in row),
    );
    const records = rows.map((row) => given.map((cell) => this.value(row, cell, now)));
    const asked = this.written.filter(({ attribute }) => returning.includes(attribute));
    const sql = json.insert(this.quotedTable(), given, asked);
    const written = await this.runJson(sql, json.text(given, records), transaction);
    return written.map((row) =>
      this.read(Object.fromEntries(asked.map(({ attribute, name }) => [attribute, row[name]]))),
    );
  }

  private async insertLiteral(rows: readonly Partial<Row>[], now: unknown, transaction: Tx): Promise<void> {
    const { rawAttributes } = this.model;
    const attributes = Object.fromEntries(this.written.map(({ attribute, name }) => [name, rawAttributes[attribute]]));
    const records = rows.map((row) => {
      const cells = this.written.map((cell) => [cell.name, this.value(row, cell, now)] as const);
      return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
    });
    // As `bulkCreate` calls it; the types do not know what reaches the generator.
    const options = { ignoreDuplicates: true, transaction, ...UNLOGGED } as object;
    await this.write(transaction, () =>
      this.db.sequelize
        .getQueryInterface()
        .bulkInsert(
          this.model.getTableName(),
          records,
          options,
          attributes as Record<string, ModelAttributeColumnOptions>,
        ),
    );
  }

  /** What a row says of a column, or what a model would add. */
  private value(row: Partial<Row>, { attribute, isStamp, fallback }: WrittenColumn, now: unknown): unknown {
    const value = (row as Record<string, unknown>)[attribute];
    if (isStamp) return value ?? now;
    return value === undefined ? fallback : value;
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
   * over, `updatedAt` stays.
   */
  async updateEach(values: ReadonlyMap<number, Cells>, transaction?: Tx): Promise<void> {
    const { json } = this;
    // Everybody locks rows in one order; PostgreSQL does it in the order in which they are given.
    const sorted = [...values].sort(([one], [other]) => one - other);
    for (const some of portions(sorted, lengthOf, json ? JSON_CHUNK : undefined)) {
      if (json) await this.updateJson(json, some, transaction);
      else {
        // mysql2 prepares every statement with bound values and keeps it on the server; none of these comes twice. There they are escaped instead.
        const { sql, values: cells } = updateStatement(this, some);
        const options = { replacements: cells, transaction, ...UNLOGGED };
        await this.write(transaction, () => this.db.sequelize.query(sql, options));
      }
    }
  }

  private async updateJson(
    json: JsonRows,
    rows: readonly (readonly [number, Cells])[],
    transaction: Tx,
  ): Promise<void> {
    const attributes = Object.keys(rows[0][1]);
    const [id, ...columns] = ['id', ...attributes].map((attribute) => ({
      name: this.column(attribute),
      quoted: this.quotedColumn(attribute),
    }));
    const records = rows.map(([key, cells]) => [Number(key), ...attributes.map((attribute) => cells[attribute])]);
    const text = json.text([id, ...columns], records);
    await this.runJson(json.update(this.quotedTable(), id, columns), text, transaction);
  }

  /** Answers with the rows that a statement returns. */
  private runJson(sql: string, text: string, transaction: Tx): Promise<Record<string, unknown>[]> {
    const options = { bind: [text], transaction, ...UNLOGGED };
    return this.write(transaction, () =>
      this.db.sequelize.query<Record<string, unknown>>(sql, { ...options, type: QueryTypes.SELECT }),
    );
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

import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import { registerFilterFunctions } from '#server/store/sqlite/filter-functions.ts';
import { isBusy, toStoreError } from '#server/store/sqlite/sqlite-errors.ts';

/**
 * One file on `node:sqlite`. Kysely only builds the queries; they run here, synchronously, in a thread of their own. A transaction is one
 * synchronous function, so nothing of the same connection can come between, and no mutex has to be held over an await.
 */
export interface Database {
  readonly file: string;
  /** Every row. */
  all<Row>(query: CompiledQuery<Row>): Row[];
  first<Row>(query: CompiledQuery<Row>): Row | undefined;
  /** Answers how many rows were changed. */
  run(query: CompiledQuery): number;
  /** A statement written by hand, for the few hot loops where building a query a row would cost more than the row. */
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  /** BEGIN IMMEDIATE: a writer waits for its turn before it has read anything, so that it never has to give up halfway. */
  transaction<Result>(work: () => Result): Result;
  /** Several reads of one moment. */
  snapshot<Result>(work: () => Result): Result;
  close(): void;
}

export interface DatabaseOptions {
  readonly file: string;
  readonly readOnly: boolean;
  readonly synchronous: 'NORMAL' | 'FULL';
  /** Of a writer that writes nothing here: the engine, which reads with this one. */
  readonly writesElsewhere?: boolean;
}

const busyTimeoutMs = 5_000;
const statementsKept = 200;

/** A writer touches pages of every index with each batch; what readers need is in the system's cache too, and there are several of them. */
const writerCacheKb = 32_768;
const readerCacheKb = 24_576;
/** What a plan reads of the index is in the system's cache, too: with a third of a reader's it was measured to be no slower. */
const enginesReaderCacheKb = 8_192;
/** A replay goes through the ledger in the order in which its plan was written. */
const ledgerCacheKb = 16_384;

export function openDatabase({ file, readOnly, synchronous, writesElsewhere = false }: DatabaseOptions): Database {
  const connection = untilFree(file, () =>
    open(file, readOnly, synchronous, cacheKb({ readOnly, synchronous, writesElsewhere })),
  );
  const statements = new Map<string, StatementSync>();
  const rowStatements = new Map<string, RowStatement>();
  let closed = false;

  const guarded = <Result>(work: () => Result): Result => {
    if (closed) throw new AppError('cancelled', 'The store is closed.');
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, file);
    }
  };

  const prepare = (sql: string): StatementSync => keptOf(statements, sql, () => guarded(() => connection.prepare(sql)));
  const prepareRows = (sql: string): RowStatement =>
    keptOf(rowStatements, sql, () => guarded(() => rowStatement(connection.prepare(sql))));

  return {
    file,
    prepare,
    // The row type is what Kysely derived from the schema for the very SQL that runs here.
    all: <Row>(query: CompiledQuery<Row>) =>
      guarded(() => prepareRows(query.sql)(...bindable(query.parameters)) as Row[]),
    first: <Row>(query: CompiledQuery<Row>) =>
      guarded(() => prepare(query.sql).get(...bindable(query.parameters)) as Row | undefined),
    run: (query) => guarded(() => Number(prepare(query.sql).run(...bindable(query.parameters)).changes)),
    exec: (sql) => guarded(() => connection.exec(sql)),
    transaction: (work) => guarded(() => within(connection, 'BEGIN IMMEDIATE', work)),
    snapshot: (work) => guarded(() => within(connection, 'BEGIN', work)),
    close() {
      if (closed) return;
      closed = true;
      statements.clear();
      rowStatements.clear();
      connection.close();
    },
  };
}

function cacheKb({ readOnly, synchronous, writesElsewhere = false }: Omit<DatabaseOptions, 'file'>): number {
  if (writesElsewhere) return enginesReaderCacheKb;
  if (readOnly) return readerCacheKb;
  return synchronous === 'FULL' ? ledgerCacheKb : writerCacheKb;
}

/** The last ones used stay. */
function keptOf<Statement>(kept: Map<string, Statement>, sql: string, prepare: () => Statement): Statement {
  const statement = kept.get(sql) ?? prepare();
  kept.delete(sql);
  kept.set(sql, statement);
  if (kept.size > statementsKept) {
    const oldest = kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
  }
  return statement;
}

type Row = Record<string, SQLOutputValue>;
type RowStatement = (...parameters: SQLInputValue[]) => Row[];

/** The rows that node:sqlite makes are dictionaries; of arrays and names they are objects of one shape, in two thirds of the time. */
function rowStatement(statement: StatementSync): RowStatement {
  statement.setReturnArrays(true);
  const namesNow = () => statement.columns().map(({ name }) => name);
  let names = namesNow();
  return (...parameters) => {
    // With `setReturnArrays` the rows are arrays, which the types do not tell.
    const rows = statement.all(...parameters) as unknown as SQLOutputValue[][];
    // Another process may have added a column to a table of which all were asked for.
    if (rows[0] && rows[0].length !== names.length) names = namesNow();
    return rows.map((values) => {
      const row: Row = {};
      for (let index = 0; index < names.length; index += 1) row[names[index] ?? ''] = values[index] ?? null;
      return row;
    });
  };
}

/** Builds queries for SQLite and never runs one. */
export function queryBuilder<Schema>(): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

function within<Result>(connection: DatabaseSync, begin: string, work: () => Result): Result {
  connection.exec(begin);
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk or an I/O error has rolled back by itself.
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function open(file: string, readOnly: boolean, synchronous: 'NORMAL' | 'FULL', cacheKb: number): DatabaseSync {
  const connection = new DatabaseSync(file, { readOnly, timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    if (!readOnly) {
      // Both must stand before the first table, and are without effect later.
      connection.exec(
        'PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;',
      );
    }
    connection.exec(
      `PRAGMA synchronous=${synchronous}; PRAGMA cache_size=-${cacheKb}; PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY;`,
    );
    registerFilterFunctions(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Switching a new file to WAL needs it alone and does not wait by itself: several threads open it at the same moment. */
function untilFree<Result>(file: string, work: () => Result): Result {
  const until = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw toStoreError(error, file);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** Kysely's parameters are `unknown`; here only what SQLite can bind may pass. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      return value;
    if (value instanceof Uint8Array) return value;
    throw new TypeError(`A ${typeof value} cannot be bound to a statement`);
  });
}

import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

const psql = 'org.postgresql.util.PSQLException';

/** What drivers and databases say, in several languages. */
export const databases: readonly CorpusGroup[] = [
  {
    group: 'pg duplicate email (Java)',
    errors: [
      [
        psql,
        'ERROR: duplicate key value violates unique constraint "users_email_key"\n  Detail: Key (email)=(anna@example.com) already exists.',
      ],
      [
        psql,
        'ERROR: duplicate key value violates unique constraint "users_email_key"\n  Detail: Key (email)=(bo.li+test@mail.example.org) already exists.',
      ],
      [
        psql,
        'ERROR: duplicate key value violates unique constraint "users_email_key"\n  Detail: Key (email)=(42) already exists.',
      ],
    ],
  },
  {
    group: 'pg duplicate order number (Java)',
    errors: [
      [
        psql,
        'ERROR: duplicate key value violates unique constraint "orders_number_key"\n  Detail: Key (number)=(A-2041) already exists.',
      ],
      [
        psql,
        'ERROR: duplicate key value violates unique constraint "orders_number_key"\n  Detail: Key (number)=(A-77) already exists.',
      ],
      [
        psql,
        'ERROR: duplicate key value violates unique constraint "orders_number_key"\n  Detail: Key (number)=(B-100023) already exists.',
      ],
    ],
  },
  {
    group: 'pg foreign key customer (Java)',
    errors: [
      [
        psql,
        'ERROR: insert or update on table "orders" violates foreign key constraint "fk_orders_customer"\n  Detail: Key (customer_id)=(8812) is not present in table "customers".',
      ],
      [
        psql,
        'ERROR: insert or update on table "orders" violates foreign key constraint "fk_orders_customer"\n  Detail: Key (customer_id)=(5f0c8bb6-9d43-4e0e-9f0e-6a1e2f3b4c5d) is not present in table "customers".',
      ],
      [
        psql,
        'ERROR: insert or update on table "orders" violates foreign key constraint "fk_orders_customer"\n  Detail: Key (customer_id)=(1) is not present in table "customers".',
      ],
    ],
  },
  {
    group: 'pg null in vat_id (Java)',
    errors: [
      [
        psql,
        'ERROR: null value in column "vat_id" of relation "invoices" violates not-null constraint\n  Detail: Failing row contains (7731, null, 2026-03-01 10:11:12.123, 19.99).',
      ],
      [
        psql,
        'ERROR: null value in column "vat_id" of relation "invoices" violates not-null constraint\n  Detail: Failing row contains (12, null, 2026-11-21 00:00:00, 4.00).',
      ],
    ],
  },
  {
    group: 'pg null in currency (Java)',
    errors: [
      [
        psql,
        'ERROR: null value in column "currency" of relation "invoices" violates not-null constraint\n  Detail: Failing row contains (7731, 12, 2026-03-01 10:11:12.123, null).',
      ],
      [
        psql,
        'ERROR: null value in column "currency" of relation "invoices" violates not-null constraint\n  Detail: Failing row contains (3, 99, 2026-03-09 23:59:59.9, null).',
      ],
    ],
  },
  {
    group: 'pg deadlock (Java)',
    errors: [
      [
        psql,
        'ERROR: deadlock detected\n  Detail: Process 2117 waits for ShareLock on transaction 991823; blocked by process 2120.\nProcess 2120 waits for ShareLock on transaction 991822; blocked by process 2117.\n  Hint: See server log for query details.',
      ],
      [
        psql,
        'ERROR: deadlock detected\n  Detail: Process 9 waits for ShareLock on transaction 14; blocked by process 31.\nProcess 31 waits for ShareLock on transaction 15; blocked by process 9.\n  Hint: See server log for query details.',
      ],
      [
        psql,
        'ERROR: deadlock detected\n  Detail: Process 40012 waits for ShareLock on transaction 7188231; blocked by process 40019.\nProcess 40019 waits for ShareLock on transaction 7188230; blocked by process 40012.\n  Hint: See server log for query details.',
      ],
    ],
  },
  {
    group: 'pg refused (Java)',
    errors: [
      [
        psql,
        'Connection to 10.3.0.12:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.',
      ],
      [
        psql,
        'Connection to db-3.prod.internal:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.',
      ],
      [
        psql,
        'Connection to localhost:15432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.',
      ],
    ],
  },
  {
    group: 'pg too many clients',
    errors: [
      [psql, 'FATAL: sorry, too many clients already'],
      [psql, 'FATAL: sorry, too many clients already'],
    ],
  },
  {
    group: 'pg missing relation orders_v2',
    errors: [
      'psycopg2.errors.UndefinedTable: relation "shipments" does not exist\nLINE 1: SELECT * FROM shipments WHERE id = 4411\n                      ^',
      'psycopg2.errors.UndefinedTable: relation "shipments" does not exist\nLINE 1: SELECT * FROM shipments WHERE id = 9\n                      ^',
    ],
  },
  {
    group: 'pg missing relation coupons',
    errors: [
      'psycopg2.errors.UndefinedTable: relation "coupons" does not exist\nLINE 1: SELECT * FROM coupons WHERE id = 4411\n                      ^',
      'psycopg2.errors.UndefinedTable: relation "coupons" does not exist\nLINE 1: SELECT * FROM coupons WHERE id = 17\n                      ^',
    ],
  },
  {
    group: 'pg invalid integer',
    errors: [
      'error: invalid input syntax for type integer: "abc"',
      'error: invalid input syntax for type integer: "12,5"',
      'error: invalid input syntax for type integer: "NaN"',
      "error: invalid input syntax for type integer: 'n/a'",
    ],
  },
  {
    group: 'pg invalid uuid',
    errors: [
      'error: invalid input syntax for type uuid: "abc"',
      'error: invalid input syntax for type uuid: "order-17"',
    ],
  },
  {
    group: 'mysql duplicate users.email',
    errors: [
      ['java.sql.SQLIntegrityConstraintViolationException', "Duplicate entry 'anna@example.com' for key 'users.email'"],
      ['java.sql.SQLIntegrityConstraintViolationException', "Duplicate entry 'x' for key 'users.email'"],
      ['java.sql.SQLIntegrityConstraintViolationException', "Duplicate entry '1234' for key 'users.email'"],
    ],
  },
  {
    group: 'mysql duplicate orders.PRIMARY',
    errors: [
      ['java.sql.SQLIntegrityConstraintViolationException', "Duplicate entry '81233' for key 'orders.PRIMARY'"],
      ['java.sql.SQLIntegrityConstraintViolationException', "Duplicate entry '4' for key 'orders.PRIMARY'"],
    ],
  },
  {
    group: 'mysql unknown column (Node)',
    errors: [
      "Error: Unknown column 'discount_code' in 'field list'",
      "Error: Unknown column 'discount_code' in 'field list'",
    ],
  },
  {
    group: 'mysql unknown other column (Node)',
    errors: [
      "Error: Unknown column 'loyalty_tier' in 'field list'",
      "Error: Unknown column 'loyalty_tier' in 'field list'",
    ],
  },
  {
    group: 'mysql lock wait (Python)',
    errors: [
      "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1205, 'Lock wait timeout exceeded; try restarting transaction')\n[SQL: UPDATE stock SET quantity=%(quantity)s WHERE id = %(id)s]\n[parameters: {'quantity': 4, 'id': 881}]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)",
      "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1205, 'Lock wait timeout exceeded; try restarting transaction')\n[SQL: UPDATE stock SET quantity=%(quantity)s WHERE id = %(id)s]\n[parameters: {'quantity': 112, 'id': 3}]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)",
    ],
  },
  {
    group: 'mysql gone away (Python)',
    errors: [
      'sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2006, "MySQL server has gone away (BrokenPipeError(32, \'Broken pipe\'))")\n[SQL: SELECT 1]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)',
      'sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2006, "MySQL server has gone away (BrokenPipeError(32, \'Broken pipe\'))")\n[SQL: SELECT stock.id FROM stock WHERE stock.id = 3]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)',
    ],
  },
  {
    group: 'oracle unique',
    errors: [
      ['java.sql.SQLIntegrityConstraintViolationException', 'ORA-00001: unique constraint (SHOP.ORDERS_PK) violated'],
      ['java.sql.SQLIntegrityConstraintViolationException', 'ORA-00001: unique constraint (SHOP.ORDERS_PK) violated\n'],
    ],
  },
  {
    group: 'oracle null',
    errors: [
      [
        'java.sql.SQLIntegrityConstraintViolationException',
        'ORA-01400: cannot insert NULL into ("SHOP"."ORDERS"."CUSTOMER_ID")',
      ],
      [
        'java.sql.SQLIntegrityConstraintViolationException',
        'ORA-01400: cannot insert NULL into ("SHOP"."ORDERS"."CUSTOMER_ID")\n',
      ],
    ],
  },
  {
    group: 'mongo duplicate',
    errors: [
      'MongoServerError: E11000 duplicate key error collection: shop.orders index: number_1 dup key: { number: "A-100" }',
      'MongoServerError: E11000 duplicate key error collection: shop.orders index: number_1 dup key: { number: "ZZ-9" }',
      'MongoServerError: E11000 duplicate key error collection: shop.orders index: number_1 dup key: { number: "abc" }',
    ],
  },
  {
    group: 'mongo selection timeout',
    errors: [
      'MongoServerSelectionError: connection timed out: mongo-0.mongo.prod.svc.cluster.local:27017 after 30000 ms',
      'MongoServerSelectionError: connection timed out: mongo-2.mongo.prod.svc.cluster.local:27017 after 30001 ms',
      'MongoServerSelectionError: connection timed out: 10.2.3.4:27018 after 10000 ms',
    ],
  },
  {
    group: 'redis oom',
    errors: [
      "redis.exceptions.ResponseError: OOM command not allowed when used memory > 'maxmemory'.",
      "redis.exceptions.ResponseError: OOM command not allowed when used memory > 'maxmemory'.",
    ],
  },
  {
    group: 'redis wrongtype',
    errors: [
      'redis.exceptions.ResponseError: WRONGTYPE Operation against a key holding the wrong kind of value',
      'redis.exceptions.ResponseError: WRONGTYPE Operation against a key holding the wrong kind of value',
    ],
  },
  {
    group: 'redis refused (Python)',
    errors: [
      'redis.exceptions.ConnectionError: Error 111 connecting to redis-master.cache.svc.cluster.local:6379. Connection refused.',
      'redis.exceptions.ConnectionError: Error 111 connecting to 10.0.7.8:6380. Connection refused.',
      'redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.',
    ],
  },
  {
    group: 'redis moved',
    errors: [
      'ReplyError: MOVED 3999 127.0.0.1:6381',
      'ReplyError: MOVED 12182 10.4.1.77:6379',
      'ReplyError: MOVED 5 redis-4.redis.svc.cluster.local:6379',
    ],
  },
  {
    group: 'hikari exhausted',
    errors: [
      [
        'java.sql.SQLTransientConnectionException',
        'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=14)',
      ],
      [
        'java.sql.SQLTransientConnectionException',
        'HikariPool-2 - Connection is not available, request timed out after 30005ms (total=20, active=20, idle=0, waiting=3)',
      ],
      [
        'java.sql.SQLTransientConnectionException',
        'HikariPool-1 - Connection is not available, request timed out after 5001ms (total=5, active=5, idle=0, waiting=199)',
      ],
    ],
  },
  {
    group: 'jpa optimistic lock',
    errors: [
      [
        'org.springframework.orm.ObjectOptimisticLockingFailureException',
        'Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect) : [com.shop.orders.Order#4411]',
      ],
      [
        'org.springframework.orm.ObjectOptimisticLockingFailureException',
        'Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect) : [com.shop.orders.Order#9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d]',
      ],
    ],
  },
  {
    group: 'jpa optimistic lock on stock',
    errors: [
      [
        'org.springframework.orm.ObjectOptimisticLockingFailureException',
        'Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect) : [com.shop.stock.StockItem#7]',
      ],
      [
        'org.springframework.orm.ObjectOptimisticLockingFailureException',
        'Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect) : [com.shop.stock.StockItem#100882]',
      ],
    ],
  },
  {
    group: 'prisma unique',
    errors: [
      'PrismaClientKnownRequestError: Unique constraint failed on the fields: (`email`)',
      'PrismaClientKnownRequestError: Unique constraint failed on the fields: (`email`)',
    ],
  },
  {
    group: 'prisma unique order number',
    errors: [
      'PrismaClientKnownRequestError: Unique constraint failed on the fields: (`orderNumber`)',
      'PrismaClientKnownRequestError: Unique constraint failed on the fields: (`orderNumber`)',
    ],
  },
  {
    group: 'laravel duplicate',
    errors: [
      [
        'Illuminate\\Database\\QueryException',
        "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry 'anna@example.com' for key 'users_email_unique' (Connection: mysql, SQL: insert into `users` (`name`, `email`) values (Anna, anna@example.com))",
      ],
      [
        'Illuminate\\Database\\QueryException',
        "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry 'bo@example.net' for key 'users_email_unique' (Connection: mysql, SQL: insert into `users` (`name`, `email`) values (Bo O'Neill (junior), bo@example.net))",
      ],
    ],
  },
  {
    group: 'laravel foreign key',
    errors: [
      [
        'Illuminate\\Database\\QueryException',
        'SQLSTATE[23000]: Integrity constraint violation: 1452 Cannot add or update a child row: a foreign key constraint fails (`shop`.`orders`, CONSTRAINT `orders_user_id_foreign` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)) (Connection: mysql, SQL: insert into `orders` (`user_id`) values (17))',
      ],
      [
        'Illuminate\\Database\\QueryException',
        'SQLSTATE[23000]: Integrity constraint violation: 1452 Cannot add or update a child row: a foreign key constraint fails (`shop`.`orders`, CONSTRAINT `orders_user_id_foreign` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)) (Connection: mysql, SQL: insert into `orders` (`user_id`) values (90210))',
      ],
    ],
  },
  {
    group: 'laravel access denied',
    errors: [
      ['PDOException', "SQLSTATE[HY000] [1045] Access denied for user 'shop'@'172.18.0.5' (using password: YES)"],
      ['PDOException', "SQLSTATE[HY000] [1045] Access denied for user 'worker'@'10.8.0.9' (using password: YES)"],
    ],
  },
  {
    group: 'laravel refused',
    errors: [
      ['PDOException', 'SQLSTATE[HY000] [2002] Connection refused'],
      ['PDOException', 'SQLSTATE[HY000] [2002] Connection refused'],
    ],
  },
  {
    group: 'sqlserver deadlock',
    errors: [
      [
        'Microsoft.Data.SqlClient.SqlException',
        'Transaction (Process ID 71) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
      ],
      [
        'Microsoft.Data.SqlClient.SqlException',
        'Transaction (Process ID 1203) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
      ],
    ],
  },
  {
    group: 'sqlserver truncation',
    errors: [
      [
        'Microsoft.Data.SqlClient.SqlException',
        "String or binary data would be truncated in table 'shop.dbo.Customers', column 'Name'. Truncated value: 'Wolfeschlegelsteinhausen'.",
      ],
      [
        'Microsoft.Data.SqlClient.SqlException',
        "String or binary data would be truncated in table 'shop.dbo.Customers', column 'Name'. Truncated value: 'Bergerdorff Welche'.",
      ],
    ],
  },
  {
    group: 'cassandra no host',
    errors: [
      ['com.datastax.oss.driver.api.core.NoNodeAvailableException', 'No node was available to execute the query'],
      ['com.datastax.oss.driver.api.core.NoNodeAvailableException', 'No node was available to execute the query'],
    ],
  },
  {
    group: 'elasticsearch mapping',
    errors: [
      "BadRequestError: mapper_parsing_exception: failed to parse field [shippedAt] of type [date] in document with id '8812'. Preview of field's value: 'tomorrow'",
      "BadRequestError: mapper_parsing_exception: failed to parse field [shippedAt] of type [date] in document with id 'x91-2'. Preview of field's value: 'soon'",
    ],
  },
];

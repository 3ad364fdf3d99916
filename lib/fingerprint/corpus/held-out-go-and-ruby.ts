import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

/** Go and Ruby. See held-out-jvm.ts for when it was written. */
export const heldOutGoAndRuby: readonly CorpusGroup[] = [
  {
    group: 'h: go strconv',
    errors: [
      'strconv.Atoi: parsing "abc": invalid syntax',
      'strconv.Atoi: parsing "1x": invalid syntax',
      'strconv.Atoi: parsing "": invalid syntax',
    ],
  },
  {
    group: 'h: go json',
    errors: [
      'decode order: json: cannot unmarshal string into Go struct field Order.total of type float64',
      'decode order: json: cannot unmarshal string into Go struct field Order.total of type float64',
    ],
  },
  {
    group: 'h: go json other',
    errors: [
      'decode order: json: cannot unmarshal number into Go struct field Order.note of type string',
      'decode order: json: cannot unmarshal number into Go struct field Order.note of type string',
    ],
  },
  {
    group: 'h: go sql no rows',
    errors: [
      'load customer 8812: sql: no rows in result set',
      'load customer 3: sql: no rows in result set',
      'load customer c-9ff: sql: no rows in result set',
    ],
  },
  {
    group: 'h: go pq',
    errors: [
      'insert payment: pq: duplicate key value violates unique constraint "payments_idempotency_key"',
      'insert payment: pq: duplicate key value violates unique constraint "payments_idempotency_key"',
    ],
  },
  {
    group: 'h: pgx',
    errors: [
      'insert payment: ERROR: value too long for type character varying(32) (SQLSTATE 22001)',
      'insert payment: ERROR: value too long for type character varying(64) (SQLSTATE 22001)',
    ],
  },
  {
    group: 'h: go eof',
    errors: [
      'read tcp 10.0.0.4:51234->10.0.0.9:5672: read: connection reset by peer',
      'read tcp 172.17.0.2:40000->52.1.2.3:5672: read: connection reset by peer',
    ],
  },
  {
    group: 'h: rails stale',
    errors: [
      'ActiveRecord::StaleObjectError: Attempted to update a stale object: Order.',
      'ActiveRecord::StaleObjectError: Attempted to update a stale object: Order.',
    ],
  },
  {
    group: 'h: rails stale cart',
    errors: [
      'ActiveRecord::StaleObjectError: Attempted to update a stale object: Cart.',
      'ActiveRecord::StaleObjectError: Attempted to update a stale object: Cart.',
    ],
  },
  {
    group: 'h: faraday',
    errors: [
      'Faraday::TimeoutError: Net::ReadTimeout with #<TCPSocket:(closed)>',
      'Faraday::TimeoutError: Net::ReadTimeout with #<TCPSocket:(closed)>',
    ],
  },
  {
    group: 'h: ruby nil',
    errors: [
      "NoMethodError: undefined method `upcase' for nil:NilClass",
      "NoMethodError: undefined method `upcase' for nil:NilClass",
    ],
  },
  {
    group: 'h: ruby object',
    errors: [
      "NoMethodError: undefined method `total' for #<Order:0x00007f8b1c0a2b48>",
      "NoMethodError: undefined method `total' for #<Order:0x000055d0f2a1bc10 @id=5>",
    ],
  },
  {
    group: 'h: pg ruby',
    errors: [
      'PG::ConnectionBad: connection to server at "10.0.0.5", port 5432 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
      'PG::ConnectionBad: connection to server at "db.internal" (10.2.3.4), port 5433 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
    ],
  },
];

import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

/** As held-out.ts, a second time: precision 1.00, recall 0.92 before the rules were changed for it. */
export const heldOut2: readonly CorpusGroup[] = [
  {
    group: 'h2: streams',
    errors: [
      [
        'org.apache.kafka.streams.errors.StreamsException',
        'Exception caught in process. taskId=0_3, processor=KSTREAM-SOURCE-0000000000, topic=orders, partition=3, offset=771204',
      ],
      [
        'org.apache.kafka.streams.errors.StreamsException',
        'Exception caught in process. taskId=1_11, processor=KSTREAM-SOURCE-0000000007, topic=orders, partition=11, offset=5',
      ],
    ],
  },
  {
    group: 'h2: commit failed',
    errors: [
      [
        'org.apache.kafka.clients.consumer.CommitFailedException',
        'Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.',
      ],
      [
        'org.apache.kafka.clients.consumer.CommitFailedException',
        'Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.',
      ],
    ],
  },
  {
    group: 'h2: avro union',
    errors: [
      ['org.apache.avro.AvroTypeException', 'Found string, expecting union'],
      ['org.apache.avro.AvroTypeException', 'Found string, expecting union'],
    ],
  },
  {
    group: 'h2: avro field',
    errors: [
      [
        'org.apache.avro.AvroTypeException',
        'Found com.shop.Order, expecting com.shop.Order, missing required field vatId',
      ],
      [
        'org.apache.avro.AvroTypeException',
        'Found com.shop.Order, expecting com.shop.Order, missing required field vatId',
      ],
    ],
  },
  {
    group: 'h2: protobuf',
    errors: [
      ['com.google.protobuf.InvalidProtocolBufferException', 'Protocol message contained an invalid tag (zero).'],
      ['com.google.protobuf.InvalidProtocolBufferException', 'Protocol message contained an invalid tag (zero).'],
    ],
  },
  {
    group: 'h2: protobuf truncated',
    errors: [
      [
        'com.google.protobuf.InvalidProtocolBufferException',
        'While parsing a protocol message, the input ended unexpectedly in the middle of a field.',
      ],
      [
        'com.google.protobuf.InvalidProtocolBufferException',
        'While parsing a protocol message, the input ended unexpectedly in the middle of a field.',
      ],
    ],
  },
  {
    group: 'h2: gson',
    errors: [
      [
        'com.google.gson.JsonSyntaxException',
        'java.lang.IllegalStateException: Expected BEGIN_OBJECT but was STRING at line 1 column 2 path $',
      ],
      [
        'com.google.gson.JsonSyntaxException',
        'java.lang.IllegalStateException: Expected BEGIN_OBJECT but was STRING at line 12 column 40 path $',
      ],
    ],
  },
  {
    group: 'h2: ssl handshake',
    errors: [
      [
        'javax.net.ssl.SSLHandshakeException',
        'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target',
      ],
      [
        'javax.net.ssl.SSLHandshakeException',
        'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target',
      ],
    ],
  },
  {
    group: 'h2: unknown host',
    errors: [
      ['java.net.UnknownHostException', 'ledger.prod.svc.cluster.local: Name or service not known'],
      ['java.net.UnknownHostException', 'stock.prod.svc.cluster.local: Name or service not known'],
    ],
  },
  {
    group: 'h2: stale file',
    errors: [
      ['java.nio.file.NoSuchFileException', '/data/exports/2026-11-21/report-8812.csv'],
      ['java.nio.file.NoSuchFileException', '/data/exports/2026-11-22/report-3.csv'],
    ],
  },
  {
    group: 'h2: ses',
    errors: [
      'MessageRejected: Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: anna@example.com',
      'MessageRejected: Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: bo@example.org',
    ],
  },
  { group: 'h2: throttle', errors: ['ThrottlingException: Rate exceeded', 'ThrottlingException: Rate exceeded'] },
  {
    group: 'h2: aborted',
    errors: [
      'AbortError: The operation was aborted due to timeout',
      'AbortError: The operation was aborted due to timeout',
    ],
  },
  {
    group: 'h2: sequelize',
    errors: [
      'SequelizeForeignKeyConstraintError: insert or update on table "payments" violates foreign key constraint "payments_order_id_fkey"',
      'SequelizeForeignKeyConstraintError: insert or update on table "payments" violates foreign key constraint "payments_order_id_fkey"',
    ],
  },
  {
    group: 'h2: sequelize other',
    errors: [
      'SequelizeForeignKeyConstraintError: insert or update on table "payments" violates foreign key constraint "payments_customer_id_fkey"',
      'SequelizeForeignKeyConstraintError: insert or update on table "payments" violates foreign key constraint "payments_customer_id_fkey"',
    ],
  },
  {
    group: 'h2: mongoose cast',
    errors: [
      'CastError: Cast to ObjectId failed for value "abc" (type string) at path "_id" for model "Order"',
      'CastError: Cast to ObjectId failed for value "undefined-7" (type string) at path "_id" for model "Order"',
    ],
  },
  {
    group: 'h2: mongoose cast customer',
    errors: [
      'CastError: Cast to ObjectId failed for value "abc" (type string) at path "customer" for model "Order"',
      'CastError: Cast to ObjectId failed for value "zz" (type string) at path "customer" for model "Order"',
    ],
  },
  {
    group: 'h2: mongoose validation',
    errors: [
      'ValidationError: Order validation failed: total: Path `total` is required.',
      'ValidationError: Order validation failed: total: Path `total` is required.',
    ],
  },
  {
    group: 'h2: mongoose validation email',
    errors: [
      'ValidationError: Order validation failed: email: Path `email` is required.',
      'ValidationError: Order validation failed: email: Path `email` is required.',
    ],
  },
  {
    group: 'h2: yup',
    errors: [
      'ValidationError: lines[0].quantity must be greater than or equal to 1',
      'ValidationError: lines[12].quantity must be greater than or equal to 1',
    ],
  },
  {
    group: 'h2: graphql',
    errors: [
      'GraphQLError: Variable "$input" got invalid value "abc" at "input.total"; Float cannot represent non numeric value: "abc"',
      'GraphQLError: Variable "$input" got invalid value "1,5" at "input.total"; Float cannot represent non numeric value: "1,5"',
    ],
  },
  {
    group: 'h2: pika nack',
    errors: [
      'pika.exceptions.UnroutableError: 1 unroutable message(s) returned',
      'pika.exceptions.UnroutableError: 3 unroutable message(s) returned',
    ],
  },
  {
    group: 'h2: kombu',
    errors: [
      'kombu.exceptions.OperationalError: [Errno 113] No route to host',
      'kombu.exceptions.OperationalError: [Errno 113] No route to host',
    ],
  },
  {
    group: 'h2: celery not registered',
    errors: [
      "celery.exceptions.NotRegistered: 'shop.tasks.send_invoice'",
      "celery.exceptions.NotRegistered: 'shop.tasks.send_invoice'",
    ],
  },
  {
    group: 'h2: celery not registered other',
    errors: [
      "celery.exceptions.NotRegistered: 'shop.tasks.sync_stock'",
      "celery.exceptions.NotRegistered: 'shop.tasks.sync_stock'",
    ],
  },
  {
    group: 'h2: decimal',
    errors: [
      "decimal.InvalidOperation: [<class 'decimal.ConversionSyntax'>]",
      "decimal.InvalidOperation: [<class 'decimal.ConversionSyntax'>]",
    ],
  },
  { group: 'h2: go enum', errors: ['unknown status "shiped" for order 8812', 'unknown status "paidd" for order 3'] },
  {
    group: 'h2: go retry',
    errors: [
      'giving up after 5 attempt(s): Get "https://api.example.com/v1/stock/8812": EOF',
      'giving up after 3 attempt(s): Get "https://api.example.com/v1/stock/77": EOF',
    ],
  },
  {
    group: 'h2: ef',
    errors: [
      [
        'Microsoft.EntityFrameworkCore.DbUpdateConcurrencyException',
        'The database operation was expected to affect 1 row(s), but actually affected 0 row(s); data may have been modified or deleted since entities were loaded.',
      ],
      [
        'Microsoft.EntityFrameworkCore.DbUpdateConcurrencyException',
        'The database operation was expected to affect 2 row(s), but actually affected 1 row(s); data may have been modified or deleted since entities were loaded.',
      ],
    ],
  },
  {
    group: 'h2: format exception',
    errors: [
      ['System.FormatException', "The input string 'abc' was not in a correct format."],
      ['System.FormatException', "The input string '12,5' was not in a correct format."],
    ],
  },
  {
    group: 'h2: invalid cast',
    errors: [
      ['System.InvalidCastException', "Unable to cast object of type 'Shop.Order' to type 'Shop.Refund'."],
      ['System.InvalidCastException', "Unable to cast object of type 'Shop.Order' to type 'Shop.Refund'."],
    ],
  },
  {
    group: 'h2: invalid cast other',
    errors: [
      ['System.InvalidCastException', "Unable to cast object of type 'Shop.Order' to type 'Shop.Invoice'."],
      ['System.InvalidCastException', "Unable to cast object of type 'Shop.Order' to type 'Shop.Invoice'."],
    ],
  },
  {
    group: 'h2: symfony serializer',
    errors: [
      [
        'Symfony\\Component\\Serializer\\Exception\\NotNormalizableValueException',
        'The type of the "total" attribute for class "App\\Order" must be one of "float" ("string" given).',
      ],
      [
        'Symfony\\Component\\Serializer\\Exception\\NotNormalizableValueException',
        'The type of the "total" attribute for class "App\\Order" must be one of "float" ("string" given).',
      ],
    ],
  },
  {
    group: 'h2: iban',
    errors: [
      'InvalidIban: DE89 3704 0044 0532 0130 00 has a wrong checksum',
      'InvalidIban: GB29 NWBK 6016 1331 9268 19 has a wrong checksum',
    ],
  },
  {
    group: 'h2: phone',
    errors: ['InvalidPhone: +49 151 23456789 is not reachable', 'InvalidPhone: +1 (555) 010-9999 is not reachable'],
  },
  {
    group: 'h2: money',
    errors: ['PriceMismatch: expected €19.99 but was €18,50', 'PriceMismatch: expected $5 but was $1,000.00'],
  },
];

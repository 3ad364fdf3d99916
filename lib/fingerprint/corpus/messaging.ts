import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

const serialization = 'org.apache.kafka.common.errors.SerializationException';

/** Brokers' clients, the AWS SDK, and frameworks that carry messages. */
export const messaging: readonly CorpusGroup[] = [
  {
    group: 'kafka unknown magic byte',
    errors: [
      [serialization, 'Unknown magic byte!'],
      [serialization, 'Unknown magic byte!'],
    ],
  },
  {
    group: 'kafka avro id',
    errors: [
      [serialization, 'Error deserializing Avro message for id 1042'],
      [serialization, 'Error deserializing Avro message for id 7'],
    ],
  },
  {
    group: 'kafka key/value deserialising',
    errors: [
      [
        serialization,
        'Error deserializing key/value for partition orders.order.completed-3 at offset 771204. If needed, please seek past the record to continue consumption.',
      ],
      [
        serialization,
        'Error deserializing key/value for partition orders.order.completed-11 at offset 5. If needed, please seek past the record to continue consumption.',
      ],
    ],
  },
  {
    group: 'kafka schema not found',
    errors: [
      [
        'io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException',
        'Schema 1042 not found; error code: 40403',
      ],
      [
        'io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException',
        'Schema 3 not found; error code: 40403',
      ],
    ],
  },
  {
    group: 'kafka registry unauthorised',
    errors: [
      ['io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException', 'Unauthorized; error code: 401'],
      ['io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException', 'Unauthorized; error code: 401'],
    ],
  },
  {
    group: 'kafka produce timeout',
    errors: [
      [
        'org.apache.kafka.common.errors.TimeoutException',
        'Expiring 3 record(s) for ledger.entries-0:120004 ms has passed since batch creation',
      ],
      [
        'org.apache.kafka.common.errors.TimeoutException',
        'Expiring 117 record(s) for ledger.entries-7:120000 ms has passed since batch creation',
      ],
    ],
  },
  {
    group: 'kafka metadata timeout',
    errors: [
      [
        'org.apache.kafka.common.errors.TimeoutException',
        'Topic ledger.entries not present in metadata after 60000 ms.',
      ],
      [
        'org.apache.kafka.common.errors.TimeoutException',
        'Topic ledger.entries not present in metadata after 10001 ms.',
      ],
    ],
  },
  {
    group: 'kafka too large',
    errors: [
      [
        'org.apache.kafka.common.errors.RecordTooLargeException',
        'The message is 1048700 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.',
      ],
      [
        'org.apache.kafka.common.errors.RecordTooLargeException',
        'The message is 5242880 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.',
      ],
    ],
  },
  {
    group: 'kafka topic authorization',
    errors: [
      [
        'org.apache.kafka.common.errors.TopicAuthorizationException',
        'Not authorized to access topics: [ledger.entries]',
      ],
      [
        'org.apache.kafka.common.errors.TopicAuthorizationException',
        'Not authorized to access topics: [ledger.entries]',
      ],
    ],
  },
  {
    group: 'kafkajs disconnected',
    errors: [
      'KafkaJSConnectionError: Connection error: connect ECONNREFUSED 10.0.0.8:9092',
      'KafkaJSConnectionError: Connection error: connect ECONNREFUSED 172.20.0.3:29092',
    ],
  },
  {
    group: 'kafkajs retries',
    errors: [
      'KafkaJSNumberOfRetriesExceeded: The group coordinator is not available',
      'KafkaJSNumberOfRetriesExceeded: The group coordinator is not available',
    ],
  },
  {
    group: 'connect converter',
    errors: [
      [
        'org.apache.kafka.connect.errors.DataException',
        'Converting byte[] to Kafka Connect data failed due to serialization error of topic orders: ',
      ],
      [
        'org.apache.kafka.connect.errors.DataException',
        'Converting byte[] to Kafka Connect data failed due to serialization error of topic orders:',
      ],
    ],
  },
  {
    group: 'connect field missing',
    errors: [
      ['org.apache.kafka.connect.errors.DataException', 'vat_id is not a valid field name'],
      ['org.apache.kafka.connect.errors.DataException', 'vat_id is not a valid field name'],
    ],
  },
  {
    group: 'amqp precondition',
    errors: [
      'Error: Channel closed by server: 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - unknown delivery tag 1"',
      'Error: Channel closed by server: 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - unknown delivery tag 812"',
    ],
  },
  {
    group: 'amqp exchange not found',
    errors: [
      "Error: Channel closed by server: 404 (NOT-FOUND) with message \"NOT_FOUND - no exchange 'mail' in vhost '/'\"",
      "Error: Channel closed by server: 404 (NOT-FOUND) with message \"NOT_FOUND - no exchange 'mail' in vhost '/'\"",
    ],
  },
  {
    group: 'amqp access refused (pika)',
    errors: [
      "pika.exceptions.ProbableAccessDeniedError: ConnectionClosedByBroker: (403) 'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.'",
      'pika.exceptions.ProbableAccessDeniedError: ConnectionClosedByBroker: (403) "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."',
    ],
  },
  {
    group: 'amqp heartbeat (pika)',
    errors: [
      'pika.exceptions.AMQPHeartbeatTimeout: No activity or too many missed heartbeats in the last 60 seconds',
      'pika.exceptions.AMQPHeartbeatTimeout: No activity or too many missed heartbeats in the last 580 seconds',
    ],
  },
  {
    group: 'sqs not exist',
    errors: [
      'QueueDoesNotExist: The specified queue does not exist. (Service: Sqs, Status Code: 400, Request ID: 3f0b1c2d-7a64-5e0e-9d5f-1a2b3c4d5e6f)',
      'QueueDoesNotExist: The specified queue does not exist. (Service: Sqs, Status Code: 400, Request ID: 11111111-2222-3333-4444-555555555555)',
    ],
  },
  {
    group: 'dynamo throttled',
    errors: [
      [
        'software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for the table was exceeded. (Service: DynamoDb, Status Code: 400, Request ID: VVRRLLVV5RJ0K5UQ7J3Q3MBOCVV4KQNSO5AEMVJF66Q9ASUAAJG)',
      ],
      [
        'software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for the table was exceeded. (Service: DynamoDb, Status Code: 400, Request ID: K9A7D1FQ2ZP8T0ABCD3E4F5G6H7J8K9L0MNBVCXZQWERTYUI1234) ',
      ],
    ],
  },
  {
    group: 'dynamo conditional',
    errors: [
      'ConditionalCheckFailedException: The conditional request failed',
      'ConditionalCheckFailedException: The conditional request failed',
    ],
  },
  {
    group: 's3 no key',
    errors: [
      'NoSuchKeyException: The specified key does not exist: invoices/2026/11/8812.pdf',
      'NoSuchKeyException: The specified key does not exist: invoices/2025/01/31.pdf',
    ],
  },
  {
    group: 's3 denied (boto)',
    errors: [
      'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: Access Denied',
      'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: Access Denied',
    ],
  },
  {
    group: 's3 slow down (boto)',
    errors: [
      'botocore.exceptions.ClientError: An error occurred (SlowDown) when calling the PutObject operation (reached max retries: 4): Please reduce your request rate.',
      'botocore.exceptions.ClientError: An error occurred (SlowDown) when calling the PutObject operation (reached max retries: 10): Please reduce your request rate.',
    ],
  },
  {
    group: 'lambda timeout',
    errors: [
      '2026-11-22T03:37:44.114Z 3f0b1c2d-7a64-5e0e-9d5f-1a2b3c4d5e6f Task timed out after 3.00 seconds',
      '2026-01-02T13:00:01.000Z 98765432-aaaa-bbbb-cccc-1234567890ab Task timed out after 30.05 seconds',
    ],
  },
  {
    group: 'lambda memory',
    errors: [
      'RequestId: 3f0b1c2d-7a64-5e0e-9d5f-1a2b3c4d5e6f Error: Runtime exited with error: signal: killed Runtime.ExitError',
      'RequestId: 98765432-aaaa-bbbb-cccc-1234567890ab Error: Runtime exited with error: signal: killed Runtime.ExitError',
    ],
  },
  {
    group: 'celery soft limit',
    errors: [
      'celery.exceptions.SoftTimeLimitExceeded: SoftTimeLimitExceeded(300,)',
      'celery.exceptions.SoftTimeLimitExceeded: SoftTimeLimitExceeded(60,)',
    ],
  },
  {
    group: 'celery worker lost',
    errors: [
      'billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 4.',
      'billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 991.',
    ],
  },
  {
    group: 'celery worker segfault',
    errors: [
      'billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 11 (SIGSEGV) Job: 4.',
      'billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 11 (SIGSEGV) Job: 17.',
    ],
  },
  {
    group: 'symfony handler failed',
    errors: [
      [
        'Symfony\\Component\\Messenger\\Exception\\HandlerFailedException',
        'Handling "App\\Message\\SendInvoice" failed: Invoice 8812 has no lines',
      ],
      [
        'Symfony\\Component\\Messenger\\Exception\\HandlerFailedException',
        'Handling "App\\Message\\SendInvoice" failed: Invoice 3 has no lines',
      ],
    ],
  },
  {
    group: 'masstransit timeout',
    errors: [
      [
        'MassTransit.RequestTimeoutException',
        'Timeout waiting for response, RequestId: 3f0b1c2d-7a64-5e0e-9d5f-1a2b3c4d5e6f',
      ],
      [
        'MassTransit.RequestTimeoutException',
        'Timeout waiting for response, RequestId: 98765432-aaaa-bbbb-cccc-1234567890ab',
      ],
    ],
  },
  {
    group: 'class cast',
    errors: [
      [
        'java.lang.ClassCastException',
        "class java.lang.Integer cannot be cast to class java.lang.String (java.lang.Integer and java.lang.String are in module java.base of loader 'bootstrap')",
      ],
      [
        'java.lang.ClassCastException',
        "class java.lang.Integer cannot be cast to class java.lang.String (java.lang.Integer and java.lang.String are in module java.base of loader 'bootstrap')",
      ],
    ],
  },
  {
    group: 'class cast of proxies',
    errors: [
      [
        'java.lang.ClassCastException',
        "class com.shop.Order cannot be cast to class com.shop.Order (com.shop.Order is in unnamed module of loader 'app'; com.shop.Order is in unnamed module of loader org.springframework.boot.devtools.restart.classloader.RestartClassLoader @5e2de80c)",
      ],
      [
        'java.lang.ClassCastException',
        "class com.shop.Order cannot be cast to class com.shop.Order (com.shop.Order is in unnamed module of loader 'app'; com.shop.Order is in unnamed module of loader org.springframework.boot.devtools.restart.classloader.RestartClassLoader @1b2c3d4)",
      ],
    ],
  },
  {
    group: 'npe of customer',
    errors: [
      ['java.lang.NullPointerException', 'Cannot invoke "com.shop.Customer.getId()" because "order.customer" is null'],
      ['java.lang.NullPointerException', 'Cannot invoke "com.shop.Customer.getId()" because "order.customer" is null'],
    ],
  },
  {
    group: 'npe of address',
    errors: [
      [
        'java.lang.NullPointerException',
        'Cannot invoke "com.shop.Address.getCity()" because "customer.address" is null',
      ],
      [
        'java.lang.NullPointerException',
        'Cannot invoke "com.shop.Address.getCity()" because "customer.address" is null',
      ],
    ],
  },
  {
    group: 'java proxy noise',
    errors: [
      [
        'java.lang.IllegalStateException',
        'No handler in com.shop.Router$$EnhancerBySpringCGLIB$$1a2b3c4d@781ecd01 for type OrderShipped',
      ],
      [
        'java.lang.IllegalStateException',
        'No handler in com.shop.Router$$EnhancerBySpringCGLIB$$99ffee00@12ab34c for type OrderShipped',
      ],
      ['java.lang.IllegalStateException', 'No handler in com.shop.Router@6d06d69c for type OrderShipped'],
    ],
  },
  {
    group: 'java lambda noise',
    errors: [
      [
        'java.util.concurrent.RejectedExecutionException',
        'Task com.shop.Worker$$Lambda$14/0x0000000800c03000@5e2de80c rejected from java.util.concurrent.ThreadPoolExecutor@1d44bcb4[Running, pool size = 8, active threads = 8, queued tasks = 1000, completed tasks = 88123]',
      ],
      [
        'java.util.concurrent.RejectedExecutionException',
        'Task com.shop.Worker$$Lambda/0x00007f0a1c123abc@77cafe01 rejected from java.util.concurrent.ThreadPoolExecutor@6bc7c054[Running, pool size = 4, active threads = 4, queued tasks = 50, completed tasks = 3]',
      ],
    ],
  },
];

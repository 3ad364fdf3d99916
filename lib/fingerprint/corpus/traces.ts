import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

const listener = 'org.springframework.kafka.listener.ListenerExecutionFailedException';

/** As spring-kafka writes it: the wrapper's class, and the whole trace. Builds, hosts and threads differ from one letter to the next. */
const spring = (cause: string, frames: readonly string[], build: number, enclosing: readonly string[] = []) => ({
  errorClass: listener,
  errorMessage: `Listener method 'public void com.shop.Listener.on(org.apache.kafka.clients.consumer.ConsumerRecord)' threw exception; ${cause}`,
  stackTrace: [
    `${listener}: Listener method 'public void com.shop.Listener.on(org.apache.kafka.clients.consumer.ConsumerRecord)' threw exception`,
    `\tat org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter.invokeHandler(MessagingMessageListenerAdapter.java:${300 + build})`,
    `\tat org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.lambda$doInvokeRecordListener$${build}(KafkaMessageListenerContainer.java:2${build}1)`,
    ...enclosing.map((frame) => `\tat ${frame}:${build + 3})`),
    '\tat java.base/java.lang.Thread.run(Thread.java:840)',
    `Caused by: ${cause}`,
    ...frames.map((frame) => `\tat ${frame}:${build})`),
    `\tat com.shop.Listener.on(Listener.java:${build + 9})`,
    `\tat com.shop.Listener$$SpringCGLIB$$${build}.on(<generated>)`,
    `\tat jdk.internal.reflect.GeneratedMethodAccessor${build}.invoke(Unknown Source)`,
    `\t... ${build} more`,
  ].join('\n'),
});

const node = (head: string, frames: readonly string[], line: number) => ({
  errorMessage: head.slice(head.indexOf(': ') + 2),
  errorClass: head.slice(0, head.indexOf(': ')),
  stackTrace: [
    head,
    ...frames.map((frame, index) => `    at ${frame}:${line + index}:${7 + line})`),
    `    at Runner.processEachMessage (/app/node_modules/kafkajs/src/consumer/runner.js:${line}:9)`,
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  ].join('\n'),
});

const python = (head: string, frames: readonly (readonly [file: string, name: string])[], line: number) => ({
  stackTrace: [
    'Traceback (most recent call last):',
    `  File "/usr/local/lib/python3.12/site-packages/celery/app/trace.py", line ${400 + line}, in trace_task`,
    '    R = retval = fun(*args, **kwargs)',
    ...frames.flatMap(([file, name], index) => [
      `  File "${file}", line ${line + index}, in ${name}`,
      '    do(order)',
      '    ^^^^^^^^^',
    ]),
    head,
  ].join('\n'),
});

const go = (head: string, calls: readonly (readonly [name: string, file: string])[], build: number) => ({
  stackTrace: [
    `panic: ${head}`,
    `[signal SIGSEGV: segmentation violation code=0x1 addr=0x${build} pc=0x4a${build}f1]`,
    '',
    `goroutine ${build * 7} [running]:`,
    ...calls.flatMap(([name, file]) => [
      `${name}(0xc0000${build}e0, {0x${build}7f, 0x${build}})`,
      `\t${file}:${build} +0x${build}d`,
    ]),
    'created by github.com/segmentio/kafka-go.(*Reader).run',
    `\t/go/pkg/mod/github.com/segmentio/kafka-go@v0.4.${build}/reader.go:${build + 100} +0x1a5`,
  ].join('\n'),
});

const ruby = (head: string, frames: readonly string[], line: number) => ({
  stackTrace: [
    head,
    ...frames.map((frame) => frame.replace(':in', `:${line}:in`)),
    `/usr/local/bundle/gems/sidekiq-7.2.${line}/lib/sidekiq/processor.rb:${line}:in \`dispatch'`,
  ].join('\n'),
});

const dotnet = (head: string, inner: string | null, frames: readonly string[], line: number) => ({
  errorClass: head.slice(0, head.indexOf(': ')),
  errorMessage: head.slice(head.indexOf(': ') + 2),
  stackTrace: [
    head,
    ...(inner === null
      ? []
      : [
          ` ---> ${inner}`,
          '   at System.Net.Sockets.Socket.Connect(EndPoint remoteEP)',
          '   --- End of inner exception stack trace ---',
        ]),
    ...frames.map((frame) => `   at ${frame}:line ${line}`),
    `   at MassTransit.Middleware.ConsumerMessageFilter\`2.<Send>d__${line}.MoveNext()`,
  ].join('\n'),
});

const php = (head: string, file: string, frames: readonly string[], line: number) => ({
  stackTrace: [
    `${head} in ${file}:${line}`,
    'Stack trace:',
    ...frames.map((frame, index) => `#${index} ${frame.replace('(L)', `(${line + index})`)}`),
    `#${frames.length} {main}`,
  ].join('\n'),
});

const book = [
  'com.shop.ledger.Ledger.book(Ledger.java',
  'com.shop.ledger.CaptureService.lambda$capture$2(CaptureService.java',
];
const ship = ['com.shop.shipping.LabelPrinter.print(LabelPrinter.java', 'com.shop.shipping.Shipper.ship(Shipper.java'];
const jdbc = ['org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java'];

export const traces: readonly CorpusGroup[] = [
  {
    group: 'trace Java: card declined',
    errors: [
      spring('com.shop.CardDeclinedException: issuer answered 51', book, 12),
      spring('com.shop.CardDeclinedException: issuer answered 05', book, 31),
      spring(
        'com.shop.CardDeclinedException: issuer answered 51',
        [book[0] ?? '', 'com.shop.ledger.CaptureService.lambda$capture$17(CaptureService.java'],
        77,
      ),
    ],
  },
  {
    group: 'trace Java: npe in the ledger',
    errors: [
      spring('java.lang.NullPointerException: Cannot invoke "String.trim()" because "name" is null', book, 12),
      spring('java.lang.NullPointerException: Cannot invoke "String.trim()" because "name" is null', book, 40),
    ],
  },
  {
    group: 'trace Java: npe in shipping',
    errors: [
      spring('java.lang.NullPointerException: Cannot invoke "String.trim()" because "name" is null', ship, 12),
      spring('java.lang.NullPointerException: Cannot invoke "String.trim()" because "name" is null', ship, 41),
    ],
  },
  {
    group: 'trace Java: npe without a message in the ledger',
    errors: [spring('java.lang.NullPointerException', book, 12), spring('java.lang.NullPointerException', book, 14)],
  },
  {
    group: 'trace Java: duplicate order, thrown by the driver',
    errors: [
      spring(
        'org.postgresql.util.PSQLException: ERROR: duplicate key value violates unique constraint "orders_pkey"',
        jdbc,
        12,
        ['com.shop.orders.OrderStore.save(OrderStore.java'],
      ),
      spring(
        'org.postgresql.util.PSQLException: ERROR: duplicate key value violates unique constraint "orders_pkey"',
        jdbc,
        44,
        ['com.shop.orders.OrderStore.save(OrderStore.java'],
      ),
    ],
  },
  {
    group: 'trace Java: three causes deep',
    errors: ['10.3.0.12:5432', 'localhost:15432', 'db-2.prod.internal:5432'].map((host, index) => ({
      errorClass: 'com.shop.OrderImportException',
      errorMessage: `could not import order ${index}`,
      stackTrace: `com.shop.OrderImportException: could not import order ${index}\n\tat com.shop.Importer.run(Importer.java:${index + 20})\nCaused by: org.springframework.jdbc.CannotGetJdbcConnectionException: Failed to obtain JDBC Connection\n\tat org.springframework.jdbc.datasource.DataSourceUtils.getConnection(DataSourceUtils.java:84)\n\t... ${index} more\nCaused by: java.net.ConnectException: Connection refused: ${host}\n\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n\t... ${index + 8} more`,
    })),
  },
  {
    group: 'trace Java: with suppressed',
    errors: [3, 9].map((line) => ({
      stackTrace: `Exception in thread "worker-${line}" java.io.UncheckedIOException: java.io.IOException: disk quota\n\tat com.shop.Spool.write(Spool.java:${line})\n\tSuppressed: java.io.IOException: close of file ${line}\n\t\tat com.shop.Spool.close(Spool.java:${line})\n\tCaused by: java.lang.Error: other ${line}\n\t\tat com.shop.X.y(X.java:1)\nCaused by: java.io.IOException: Disk quota exceeded\n\tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)\n\t... 3 more`,
    })),
  },
  {
    group: 'trace Kotlin: illegal state in a coroutine',
    errors: [11, 15].map((line) => ({
      stackTrace: `java.lang.IllegalStateException: Cart c-${line}99 is already closed\n\tat com.shop.cart.CartService$checkout$2.invokeSuspend(CartService.kt:${line})\n\tat kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)\n\tat kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:${line + 90})`,
    })),
  },
  {
    group: 'trace Node: city in the gateway',
    errors: [
      node(
        "TypeError: Cannot read properties of undefined (reading 'city')",
        ['charge (/app/src/gateway.ts', 'async onOrder (file:///app/src/worker.ts'],
        88,
      ),
      node(
        "TypeError: Cannot read properties of undefined (reading 'city')",
        ['charge (/srv/releases/20261121/src/gateway.ts', 'async onOrder (file:///srv/releases/20261121/src/worker.ts'],
        91,
      ),
    ],
  },
  {
    group: 'trace Node: city in the labels',
    errors: [
      node(
        "TypeError: Cannot read properties of undefined (reading 'city')",
        ['printLabel (/app/src/labels.ts', 'async onOrder (/app/src/worker.ts'],
        88,
      ),
      node(
        "TypeError: Cannot read properties of undefined (reading 'city')",
        ['printLabel (/app/src/labels.ts', 'async onOrder (/app/src/worker.ts'],
        12,
      ),
    ],
  },
  {
    group: 'trace Node: postcode in the gateway',
    errors: [
      node(
        "TypeError: Cannot read properties of undefined (reading 'postcode')",
        ['charge (/app/src/gateway.ts', 'async onOrder (/app/src/worker.ts'],
        88,
      ),
      node(
        "TypeError: Cannot read properties of undefined (reading 'postcode')",
        ['charge (/app/src/gateway.ts', 'async onOrder (/app/src/worker.ts'],
        93,
      ),
    ],
  },
  {
    group: 'trace Node: bundled by webpack',
    errors: ['3f2a1c9d', '77be01aa'].map((hash, index) => ({
      errorClass: 'RangeError',
      errorMessage: `Invalid quantity ${index + 3}`,
      stackTrace: `RangeError: Invalid quantity ${index + 3}\n    at reserve (webpack-internal:///./src/stock.js?${hash}:12:${index + 1})\n    at Object.<anonymous> (/app/dist/main.${hash}.js:1:${index}8123)\n    at __webpack_require__ (webpack/bootstrap:${index + 19}:1)`,
    })),
  },
  {
    group: 'trace Node: cause',
    errors: ['10.0.0.1:5432', '127.0.0.1:6000'].map((host, index) => ({
      errorClass: 'OrderError',
      errorMessage: `could not load order o-${index}7`,
      stackTrace: `OrderError: could not load order o-${index}7\n    at load (/app/src/orders.ts:${index + 4}:1) {\n  [cause]: Error: connect ECONNREFUSED ${host}\n      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:16${index}1:16) {\n    errno: -111,\n    code: 'ECONNREFUSED'\n  }\n}`,
    })),
  },
  {
    group: 'trace Node: anonymous handler of invoices',
    errors: [4, 8].map((line) => ({
      stackTrace: `Error: rounding differs by ${line} cents\n    at /app/src/invoices/handler.js:${line}:11\n    at async Promise.all (index ${line})\n    at async Job.run (/app/node_modules/bullmq/dist/cjs/classes/worker.js:${line}:5)`,
    })),
  },
  {
    group: 'trace Node: anonymous handler of refunds',
    errors: [4, 8].map((line) => ({
      stackTrace: `Error: rounding differs by ${line} cents\n    at /app/src/refunds/handler.js:${line}:11\n    at async Promise.all (index ${line})\n    at async Job.run (/app/node_modules/bullmq/dist/cjs/classes/worker.js:${line}:5)`,
    })),
  },
  {
    group: 'trace Python: vat_id',
    errors: [
      python(
        "KeyError: 'vat_id'",
        [
          ['/app/worker.py', 'on_message'],
          ['/app/invoices/issue.py', 'issue'],
        ],
        34,
      ),
      python(
        "KeyError: 'vat_id'",
        [
          ['/srv/app/worker.py', 'on_message'],
          ['/srv/app/invoices/issue.py', 'issue'],
        ],
        61,
      ),
    ],
  },
  {
    group: 'trace Python: currency',
    errors: [
      python(
        "KeyError: 'currency'",
        [
          ['/app/worker.py', 'on_message'],
          ['/app/invoices/issue.py', 'issue'],
        ],
        34,
      ),
      python(
        "KeyError: 'currency'",
        [
          ['/app/worker.py', 'on_message'],
          ['/app/invoices/issue.py', 'issue'],
        ],
        35,
      ),
    ],
  },
  {
    group: 'trace Python: Django does not exist',
    errors: [3, 71].map((line) =>
      python(
        'orders.models.Order.DoesNotExist: Order matching query does not exist.',
        [['/app/orders/tasks.py', 'ship_order']],
        line,
      ),
    ),
  },
  {
    group: 'trace Python: chained',
    errors: [7, 19].map((line) => ({
      errorClass: 'OrderError',
      errorMessage: `order ${line} failed`,
      stackTrace: `Traceback (most recent call last):\n  File "/app/pay.py", line ${line}, in pay\n    sock.connect()\n  File "/usr/lib/python3.11/socket.py", line 9, in connect\nConnectionRefusedError: [Errno 111] Connection refused\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File "/app/tasks.py", line ${line + 1}, in run\n    pay()\nshop.OrderError: order ${line} failed`,
    })),
  },
  {
    group: 'trace Python: chained, other root',
    errors: [7, 19].map((line) => ({
      errorClass: 'OrderError',
      errorMessage: `order ${line} failed`,
      stackTrace: `Traceback (most recent call last):\n  File "/app/pay.py", line ${line}, in pay\n    parse()\n  File "/usr/lib/python3.11/json/decoder.py", line 9, in decode\njson.decoder.JSONDecodeError: Expecting value: line ${line} column 1 (char ${line})\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "/app/tasks.py", line ${line + 1}, in run\n    pay()\nshop.OrderError: order ${line} failed`,
    })),
  },
  {
    group: 'trace Python: recursion',
    errors: [900, 996].map((depth) => ({
      stackTrace: `Traceback (most recent call last):\n  File "/app/tree.py", line 8, in walk\n    walk(node)\n  File "/app/tree.py", line 8, in walk\n    walk(node)\n  [Previous line repeated ${depth} more times]\nRecursionError: maximum recursion depth exceeded`,
    })),
  },
  {
    group: 'trace Go: nil in Process',
    errors: [11, 42].map((build) =>
      go(
        'runtime error: invalid memory address or nil pointer dereference',
        [
          ['github.com/shop/billing/internal.(*Handler).Process', '/app/internal/handler.go'],
          ['main.run.func1', '/app/main.go'],
        ],
        build,
      ),
    ),
  },
  {
    group: 'trace Go: nil in Refund',
    errors: [11, 42].map((build) =>
      go(
        'runtime error: invalid memory address or nil pointer dereference',
        [
          ['github.com/shop/billing/internal.(*Handler).Refund', '/app/internal/handler.go'],
          ['main.run.func1', '/app/main.go'],
        ],
        build,
      ),
    ),
  },
  {
    group: 'trace Go: index in Process',
    errors: [
      go(
        'runtime error: index out of range [3] with length 3',
        [['github.com/shop/billing/internal.(*Handler).Process', '/app/internal/handler.go']],
        12,
      ),
      go(
        'runtime error: index out of range [12] with length 9',
        [['github.com/shop/billing/internal.(*Handler).Process', '/app/internal/handler.go']],
        55,
      ),
    ],
  },
  {
    group: 'trace Ruby: nil total',
    errors: [
      ruby(
        "NoMethodError: undefined method `total' for nil:NilClass",
        ["/app/app/services/charge.rb:in `block in call'", "/app/app/workers/charge_worker.rb:in `perform'"],
        12,
      ),
      ruby(
        "NoMethodError: undefined method 'total' for nil:NilClass",
        ["/app/app/services/charge.rb:in 'block in call'", "/app/app/workers/charge_worker.rb:in 'perform'"],
        19,
      ),
    ],
  },
  {
    group: 'trace Ruby: record not found',
    errors: [4, 9].map((line) =>
      ruby(
        `ActiveRecord::RecordNotFound: Couldn't find Order with 'id'=${line}77`,
        ["/app/app/workers/ship_worker.rb:in `perform'"],
        line,
      ),
    ),
  },
  {
    group: 'trace Ruby: record invalid email',
    errors: [4, 9].map((line) =>
      ruby(
        'ActiveRecord::RecordInvalid: Validation failed: Email has already been taken',
        ["/app/app/workers/import_worker.rb:in `perform'"],
        line,
      ),
    ),
  },
  {
    group: 'trace Ruby: record invalid name',
    errors: [4, 9].map((line) =>
      ruby(
        "ActiveRecord::RecordInvalid: Validation failed: Name can't be blank",
        ["/app/app/workers/import_worker.rb:in `perform'"],
        line,
      ),
    ),
  },
  {
    group: 'trace .NET: null reference in the handler',
    errors: [12, 33].map((line) =>
      dotnet(
        'System.NullReferenceException: Object reference not set to an instance of an object.',
        null,
        [`Shop.Orders.Handler.<Handle>d__${line}.MoveNext() in /src/Orders/Handler.cs`],
        line,
      ),
    ),
  },
  {
    group: 'trace .NET: null reference in the mapper',
    errors: [12, 33].map((line) =>
      dotnet(
        'System.NullReferenceException: Object reference not set to an instance of an object.',
        null,
        [`Shop.Orders.Mapper.<>c__DisplayClass${line}_0.<Map>b__1(Line l) in C:\\agent\\_work\\${line}\\s\\Mapper.cs`],
        line,
      ),
    ),
  },
  {
    group: 'trace .NET: inner refused',
    errors: ['127.0.0.1:5432', '10.9.8.7:5433'].map((host, index) =>
      dotnet(
        `Npgsql.NpgsqlException: Failed to connect to ${host}`,
        `System.Net.Sockets.SocketException (111): Connection refused ${host}`,
        ['Shop.Db.Open() in /src/Db.cs'],
        index + 8,
      ),
    ),
  },
  {
    group: 'trace .NET: inner timeout',
    errors: [30, 60].map((seconds) =>
      dotnet(
        'Npgsql.NpgsqlException: Exception while reading from stream',
        `System.TimeoutException: Timeout during reading attempt after ${seconds} s`,
        ['Shop.Db.Open() in /src/Db.cs'],
        seconds,
      ),
    ),
  },
  {
    group: 'trace PHP: undefined key',
    errors: [12, 40].map((line) =>
      php(
        'ErrorException: Undefined array key "vat"',
        '/var/www/app/Services/Invoice.php',
        [
          '/var/www/app/Jobs/Issue.php(L): App\\Services\\Invoice->issue(Array)',
          '/var/www/vendor/laravel/framework/src/Illuminate/Queue/Worker.php(L): Illuminate\\Queue\\Worker->process()',
        ],
        line,
      ),
    ),
  },
  {
    group: 'trace PHP: undefined other key',
    errors: [12, 40].map((line) =>
      php(
        'ErrorException: Undefined array key "iban"',
        '/var/www/app/Services/Invoice.php',
        ['/var/www/app/Jobs/Issue.php(L): App\\Services\\Invoice->issue(Array)'],
        line,
      ),
    ),
  },
  {
    group: 'trace PHP: previous',
    errors: [12, 40].map((line) => ({
      stackTrace: `PDOException: SQLSTATE[HY000] [2002] Connection refused in /var/www/vendor/laravel/framework/src/Connector.php:${line}\nStack trace:\n#0 /var/www/app/Jobs/Sync.php(${line}): App\\Sync->run()\n#1 {main}\n\nNext Illuminate\\Database\\QueryException: SQLSTATE[HY000] [2002] Connection refused (Connection: mysql, SQL: select * from users where id = ${line}) in /var/www/vendor/laravel/framework/src/Connection.php:7${line}\nStack trace:\n#0 {main}`,
    })),
  },
];

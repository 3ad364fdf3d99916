import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

/** HTTP clients, JSON parsers, validators and the businesses behind them. */
export const web: readonly CorpusGroup[] = [
  {
    group: 'node refused',
    errors: [
      'Error: connect ECONNREFUSED 10.3.0.12:5432',
      'Error: connect ECONNREFUSED 127.0.0.1:8080',
      'Error: connect ECONNREFUSED ::1:8080',
      'Error: connect ECONNREFUSED db.internal:5432',
    ],
  },
  { group: 'node reset', errors: ['Error: read ECONNRESET', 'Error: read ECONNRESET '] },
  { group: 'node hang up', errors: ['Error: socket hang up', 'Error: socket hang up'] },
  {
    group: 'node dns of stripe',
    errors: ['Error: getaddrinfo ENOTFOUND api.stripe.com', 'Error: getaddrinfo ENOTFOUND api.stripe.com'],
  },
  {
    group: 'node dns of sendgrid',
    errors: ['Error: getaddrinfo ENOTFOUND api.sendgrid.com', 'Error: getaddrinfo ENOTFOUND api.sendgrid.com'],
  },
  {
    group: 'node dns inside',
    errors: [
      'Error: getaddrinfo EAI_AGAIN payments.shop.svc.cluster.local',
      'Error: getaddrinfo EAI_AGAIN ledger.shop.svc.cluster.local',
    ],
  },
  {
    group: 'axios 404',
    errors: ['AxiosError: Request failed with status code 404', 'AxiosError: Request failed with status code 404'],
  },
  {
    group: 'axios 503',
    errors: ['AxiosError: Request failed with status code 503', 'AxiosError: Request failed with status code 503'],
  },
  {
    group: 'axios 429',
    errors: ['AxiosError: Request failed with status code 429', 'AxiosError: Request failed with status code 429'],
  },
  {
    group: 'axios timeout',
    errors: [
      'AxiosError: timeout of 5000ms exceeded',
      'AxiosError: timeout of 30000ms exceeded',
      'AxiosError: timeout of 1500 ms exceeded',
    ],
  },
  {
    group: 'requests refused',
    errors: [
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='payments', port=8080): Max retries exceeded with url: /v1/charges/ch_3NffrF2eZvKYlo2C (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f1c2ab4d310>: Failed to establish a new connection: [Errno 111] Connection refused'))",
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='payments', port=8081): Max retries exceeded with url: /v1/charges/ch_1 (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7fae00c8e0d0>: Failed to establish a new connection: [Errno 111] Connection refused'))",
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='payments', port=8080): Max retries exceeded with url: /v1/charges/ch_9x8y (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x10e2c5f40>: Failed to establish a new connection: [Errno 111] Connection refused'))",
    ],
  },
  {
    group: 'requests dns',
    errors: [
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='payments', port=8080): Max retries exceeded with url: /v1/charges/ch_1 (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7fae00c8e0d0>: Failed to establish a new connection: [Errno -2] Name or service not known'))",
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='payments', port=8080): Max retries exceeded with url: /v1/charges/ch_7abc2 (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f2200c8e0d0>: Failed to establish a new connection: [Errno -2] Name or service not known'))",
    ],
  },
  {
    group: 'requests read timeout',
    errors: [
      "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='api.stripe.com', port=443): Read timed out. (read timeout=10)",
      "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='api.stripe.com', port=443): Read timed out. (read timeout=2.5)",
    ],
  },
  {
    group: 'requests 404 of customers',
    errors: [
      'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://crm.example.com/api/customers/8812?expand=true',
      'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://crm.example.com/api/customers/9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d',
      'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://crm.example.com/api/customers/31',
    ],
  },
  {
    group: 'requests 500 of customers',
    errors: [
      'requests.exceptions.HTTPError: 500 Server Error: Internal Server Error for url: https://crm.example.com/api/customers/8812',
      'requests.exceptions.HTTPError: 500 Server Error: Internal Server Error for url: https://crm.example.com/api/customers/17?x=1',
    ],
  },
  {
    group: 'requests 404 of invoices',
    errors: [
      'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://crm.example.com/api/invoices/2026-0001',
      'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://crm.example.com/api/invoices/2026-7731',
    ],
  },
  {
    group: 'spring 404',
    errors: [
      [
        'org.springframework.web.client.HttpClientErrorException$NotFound',
        '404 Not Found: "{"timestamp":"2026-03-01T10:11:12.123+00:00","status":404,"error":"Not Found","path":"/customers/8812"}"',
      ],
      [
        'org.springframework.web.client.HttpClientErrorException$NotFound',
        '404 Not Found: "{"timestamp":"2026-04-07T01:00:00.001+00:00","status":404,"error":"Not Found","path":"/customers/3"}"',
      ],
    ],
  },
  {
    group: 'spring io error on charges',
    errors: [
      [
        'org.springframework.web.client.ResourceAccessException',
        'I/O error on POST request for "https://api.stripe.com/v1/charges": Read timed out',
      ],
      [
        'org.springframework.web.client.ResourceAccessException',
        'I/O error on POST request for "https://api.stripe.com/v1/charges?idempotency=88-1": Read timed out',
      ],
    ],
  },
  {
    group: 'spring io error on refunds',
    errors: [
      [
        'org.springframework.web.client.ResourceAccessException',
        'I/O error on POST request for "https://api.stripe.com/v1/refunds": Read timed out',
      ],
      [
        'org.springframework.web.client.ResourceAccessException',
        'I/O error on POST request for "https://api.stripe.com/v1/refunds": Read timed out',
      ],
    ],
  },
  {
    group: 'go dial refused',
    errors: [
      'charge order: Post "http://payments.shop.svc.cluster.local:8080/v1/charges": dial tcp 10.96.14.3:8080: connect: connection refused',
      'charge order: Post "http://payments.shop.svc.cluster.local:8080/v1/charges": dial tcp 10.96.200.77:8080: connect: connection refused',
      'charge order: Post "http://10.0.0.4:9090/v1/charges": dial tcp 10.0.0.4:9090: connect: connection refused',
    ],
  },
  {
    group: 'go deadline',
    errors: [
      'charge order: Post "http://payments:8080/v1/charges": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'charge order: Post "http://payments:8081/v1/charges": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ],
  },
  {
    group: 'certificate expired (Go)',
    errors: [
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T03:37:44Z is after 2026-11-20T23:59:59Z',
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-12-01T00:00:01Z is after 2026-11-20T23:59:59Z',
    ],
  },
  {
    group: 'certificate unknown authority (Go)',
    errors: [
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
  },
  {
    group: 'grpc unavailable',
    errors: [
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.1.2.3:50051: connect: connection refused"',
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.77.0.8:50052: connect: connection refused"',
    ],
  },
  {
    group: 'grpc not found',
    errors: [
      'rpc error: code = NotFound desc = customer 8812 not found',
      'rpc error: code = NotFound desc = customer c-17f not found',
    ],
  },
  {
    group: 'grpc permission',
    errors: [
      'rpc error: code = PermissionDenied desc = customer 8812 not readable',
      'rpc error: code = PermissionDenied desc = customer 9 not readable',
    ],
  },
  {
    group: 'undefined city',
    errors: [
      "TypeError: Cannot read properties of undefined (reading 'city')",
      'TypeError: Cannot read properties of undefined (reading "city")',
    ],
  },
  {
    group: 'undefined postcode',
    errors: [
      "TypeError: Cannot read properties of undefined (reading 'postcode')",
      "TypeError: Cannot read properties of undefined (reading 'postcode')",
    ],
  },
  {
    group: 'null city',
    errors: [
      "TypeError: Cannot read properties of null (reading 'city')",
      "TypeError: Cannot read properties of null (reading 'city')",
    ],
  },
  {
    group: 'not a function',
    errors: ['TypeError: order.lines.map is not a function', 'TypeError: order.lines.map is not a function'],
  },
  {
    group: 'json unexpected token (Node 18)',
    errors: [
      'SyntaxError: Unexpected token < in JSON at position 0',
      'SyntaxError: Unexpected token u in JSON at position 31',
      'SyntaxError: Unexpected token } in JSON at position 1204',
    ],
  },
  {
    group: 'json unexpected end',
    // One body that was cut off at different places, as Node 20 and later report it.
    errors: [
      'SyntaxError: Unexpected end of JSON input',
      'SyntaxError: Unterminated string in JSON at position 57 (line 1 column 58)',
      'SyntaxError: Unterminated string in JSON at position 1204',
      "SyntaxError: Expected ',' or '}' after property value in JSON at position 30 (line 1 column 31)",
      "SyntaxError: Expected ',' or ']' after array element in JSON at position 412 (line 12 column 3)",
      "SyntaxError: Expected ':' after property name in JSON at position 9 (line 1 column 10)",
      'SyntaxError: Expected double-quoted property name in JSON at position 77 (line 3 column 5)',
      "SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    ],
  },
  {
    group: 'json not valid (Node 20)',
    errors: [
      'SyntaxError: Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
      'SyntaxError: Unexpected token \'h\', "hello" is not valid JSON',
    ],
  },
  {
    group: 'python json expecting value',
    errors: [
      'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
      'json.decoder.JSONDecodeError: Expecting value: line 12 column 40 (char 981)',
    ],
  },
  {
    group: 'python json expecting delimiter',
    errors: [
      "json.decoder.JSONDecodeError: Expecting ',' delimiter: line 1 column 77 (char 76)",
      "json.decoder.JSONDecodeError: Expecting ',' delimiter: line 3 column 9 (char 210)",
    ],
  },
  {
    group: 'jackson unknown field legacyId',
    errors: [
      [
        'com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException',
        'Unrecognized field "legacyId" (class com.shop.orders.Order), not marked as ignorable (2 known properties: "id", "total"])\n at [Source: (String)"{"id":1,"legacyId":"x"}"; line: 1, column: 20] (through reference chain: com.shop.orders.Order["legacyId"])',
      ],
      [
        'com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException',
        'Unrecognized field "legacyId" (class com.shop.orders.Order), not marked as ignorable (2 known properties: "id", "total"])\n at [Source: (byte[])"{"id":88123,"total":"9,99","legacyId":"it\'s"}"[truncated 120 bytes]; line: 7, column: 201] (through reference chain: com.shop.orders.Order["legacyId"])',
      ],
    ],
  },
  {
    group: 'jackson bad date',
    errors: [
      [
        'com.fasterxml.jackson.databind.exc.InvalidFormatException',
        'Cannot deserialize value of type `java.time.Instant` from String "yesterday": Failed to deserialize java.time.Instant: (java.time.format.DateTimeParseException) Text \'yesterday\' could not be parsed at index 0\n at [Source: (String)"{"at":"yesterday"}"; line: 1, column: 7] (through reference chain: com.shop.Event["at"])',
      ],
      [
        'com.fasterxml.jackson.databind.exc.InvalidFormatException',
        'Cannot deserialize value of type `java.time.Instant` from String "2026-13-01": Failed to deserialize java.time.Instant: (java.time.format.DateTimeParseException) Text \'2026-13-01\' could not be parsed at index 5\n at [Source: (String)"{"at":"2026-13-01"}"; line: 3, column: 9] (through reference chain: com.shop.Event["at"])',
      ],
    ],
  },
  {
    group: 'jackson bad number',
    errors: [
      [
        'com.fasterxml.jackson.databind.exc.InvalidFormatException',
        'Cannot deserialize value of type `int` from String "many": not a valid `int` value\n at [Source: (String)"{"quantity":"many"}"; line: 1, column: 13] (through reference chain: com.shop.Line["quantity"])',
      ],
      [
        'com.fasterxml.jackson.databind.exc.InvalidFormatException',
        'Cannot deserialize value of type `int` from String "2,5": not a valid `int` value\n at [Source: (String)"{"quantity":"2,5"}"; line: 4, column: 130] (through reference chain: com.shop.Line["quantity"])',
      ],
    ],
  },
  {
    group: 'number format (Java)',
    errors: [
      ['java.lang.NumberFormatException', 'For input string: "12a"'],
      ['java.lang.NumberFormatException', 'For input string: ""'],
      ['java.lang.NumberFormatException', 'For input string: "1.234,56"'],
    ],
  },
  {
    group: 'date parse (Java)',
    errors: [
      ['java.time.format.DateTimeParseException', "Text '31.02.2026' could not be parsed at index 2"],
      ['java.time.format.DateTimeParseException', "Text 'soon' could not be parsed at index 0"],
    ],
  },
  {
    group: 'ajv missing address',
    errors: [
      "ValidationError: data must have required property 'address'",
      'ValidationError: data must have required property "address"',
    ],
  },
  {
    group: 'ajv missing email',
    errors: [
      "ValidationError: data must have required property 'email'",
      "ValidationError: data must have required property 'email'",
    ],
  },
  {
    group: 'joi email',
    errors: ['ValidationError: "email" must be a valid email', "ValidationError: 'email' must be a valid email"],
  },
  { group: 'joi phone', errors: ['ValidationError: "phone" is required', 'ValidationError: "phone" is required'] },
  {
    group: 'zod email missing',
    errors: [
      'ZodError: [\n  {\n    "code": "invalid_type",\n    "expected": "string",\n    "received": "undefined",\n    "path": [\n      "email"\n    ],\n    "message": "Required"\n  }\n]',
      'ZodError: [{"code":"invalid_type","expected":"string","received":"undefined","path":["email"],"message":"Required"}]',
    ],
  },
  {
    group: 'zod total not number',
    errors: [
      'ZodError: [\n  {\n    "code": "invalid_type",\n    "expected": "number",\n    "received": "string",\n    "path": [\n      "total"\n    ],\n    "message": "Expected number, received string"\n  }\n]',
      'ZodError: [\n  {\n    "code": "invalid_type",\n    "expected": "number",\n    "received": "string",\n    "path": [\n      "total"\n    ],\n    "message": "Expected number, received string"\n  }\n]',
    ],
  },
  {
    group: 'pydantic email',
    errors: [
      "pydantic_core._pydantic_core.ValidationError: 1 validation error for Order\nemail\n  Field required [type=missing, input_value={'id': 8812, 'total': 19.99}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.9/v/missing",
      "pydantic_core._pydantic_core.ValidationError: 1 validation error for Order\nemail\n  Field required [type=missing, input_value={'id': 3, 'total': 4.0}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.9/v/missing",
    ],
  },
  {
    group: 'pydantic total',
    errors: [
      "pydantic_core._pydantic_core.ValidationError: 1 validation error for Order\ntotal\n  Input should be a valid decimal [type=decimal_parsing, input_value='19,99', input_type=str]\n    For further information visit https://errors.pydantic.dev/2.9/v/decimal_parsing",
      "pydantic_core._pydantic_core.ValidationError: 1 validation error for Order\ntotal\n  Input should be a valid decimal [type=decimal_parsing, input_value='a lot', input_type=str]\n    For further information visit https://errors.pydantic.dev/2.10/v/decimal_parsing",
    ],
  },
  {
    group: 'own: total not positive',
    errors: [
      'ValidationError: totalCents must be positive, got -100',
      'ValidationError: totalCents must be positive, got -7',
    ],
  },
  {
    group: 'own: card declined',
    errors: [
      ['com.shop.CardDeclinedException', 'issuer answered 51 for card 4242********4242'],
      ['com.shop.CardDeclinedException', 'issuer answered 05 for card 5555********4444'],
    ],
  },
  {
    group: 'own: order not found',
    errors: [
      'OrderNotFoundError: order o-1 not found',
      'OrderNotFoundError: order o-99123 not found',
      "OrderNotFoundError: order 'o-12' not found",
      'OrderNotFoundError: order 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d not found',
      'OrderNotFoundError: order 01HZX3K8Q9V7N2M4P6R8T0W2Y4 not found',
    ],
  },
  {
    group: 'own: user not found',
    errors: [
      "UserNotFoundError: user 'alice' not found",
      'UserNotFoundError: user "bob" not found',
      'UserNotFoundError: user «carol» not found',
    ],
  },
  {
    group: 'own: amount too high',
    errors: [
      'LimitExceededError: amount 1.234,56 EUR is above the limit of 1.000,00 EUR',
      'LimitExceededError: amount 1,234.56 USD is above the limit of 1,000.00 USD',
      "LimitExceededError: amount 12'000.00 CHF is above the limit of 500 CHF",
    ],
  },
  {
    group: 'own: attempts',
    errors: [
      'RetriesExceededError: gave up after 1 attempt in 300 ms',
      'RetriesExceededError: gave up after 12 attempts in 4.2 s',
      'RetriesExceededError: gave up after 5 attempts in 1 minute',
    ],
  },
  {
    group: 'own: expired token',
    errors: [
      'TokenExpiredError: token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U expired at Sat, 21 Nov 2026 10:00:00 GMT',
      'TokenExpiredError: token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJzaG9wOTkifQ.c2lnbmF0dXJlMTIzNDU2Nzg5MGFiY2RlZg expired at Mon, 02 Mar 2026 23:59:01 GMT',
    ],
  },
  {
    group: 'own: checksum',
    errors: [
      'ChecksumMismatch: expected d41d8cd98f00b204e9800998ecf8427e but got 9e107d9d372bb6826bd81d3542a419d6',
      'ChecksumMismatch: expected 0cc175b9c0f1b6a831c399e269772661 but got 900150983cd24fb0d6963f7d28e17f72',
    ],
  },
  {
    group: 'smtp mailbox',
    errors: [
      'SMTPError: 550 5.1.1 <anna@example.com>: Recipient address rejected',
      'SMTPError: 550 5.1.1 <bo@example.org>: Recipient address rejected',
      'SMTPError: 550 5.1.1 <carla jones@example.org>: Recipient address rejected',
      'SMTPError: 550 5.1.1 <dan@ example.org>: Recipient address rejected',
      'SMTPError: 550 5.1.1 <jörg@example.org>: Recipient address rejected',
    ],
  },
  {
    group: 'smtp greylisted',
    errors: [
      'SMTPError: 450 4.2.0 <anna@example.com>: Recipient address rejected',
      'SMTPError: 450 4.2.0 <zoe@example.org>: Recipient address rejected',
    ],
  },
  {
    group: 'enoent config',
    errors: [
      "Error: ENOENT: no such file or directory, open '/etc/shop/config.yaml'",
      "Error: ENOENT: no such file or directory, open '/etc/shop/config.yaml'",
    ],
  },
  {
    group: 'enoent upload',
    errors: [
      "Error: ENOENT: no such file or directory, open '/data/uploads/8812.pdf'",
      "Error: ENOENT: no such file or directory, open '/data/uploads/99121.pdf'",
    ],
  },
  {
    group: 'enospc',
    errors: ['Error: ENOSPC: no space left on device, write', 'Error: ENOSPC: no space left on device, write'],
  },
];

import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

/** .NET and PHP. See held-out-jvm.ts for when it was written. */
export const heldOutDotnetAndPhp: readonly CorpusGroup[] = [
  {
    group: 'h: dotnet json',
    errors: [
      [
        'System.Text.Json.JsonException',
        'The JSON value could not be converted to System.Decimal. Path: $.total | LineNumber: 0 | BytePositionInLine: 31.',
      ],
      [
        'System.Text.Json.JsonException',
        'The JSON value could not be converted to System.Decimal. Path: $.total | LineNumber: 12 | BytePositionInLine: 8.',
      ],
    ],
  },
  {
    group: 'h: dotnet json other',
    errors: [
      [
        'System.Text.Json.JsonException',
        'The JSON value could not be converted to System.DateTime. Path: $.shippedAt | LineNumber: 0 | BytePositionInLine: 31.',
      ],
      [
        'System.Text.Json.JsonException',
        'The JSON value could not be converted to System.DateTime. Path: $.shippedAt | LineNumber: 3 | BytePositionInLine: 99.',
      ],
    ],
  },
  {
    group: 'h: dotnet key',
    errors: [
      [
        'System.Collections.Generic.KeyNotFoundException',
        "The given key 'order-8812' was not present in the dictionary.",
      ],
      ['System.Collections.Generic.KeyNotFoundException', "The given key 'order-3' was not present in the dictionary."],
    ],
  },
  {
    group: 'h: dotnet null arg',
    errors: [
      ['System.ArgumentNullException', "Value cannot be null. (Parameter 'customer')"],
      ['System.ArgumentNullException', "Value cannot be null. (Parameter 'customer')"],
    ],
  },
  {
    group: 'h: dotnet null arg address',
    errors: [
      ['System.ArgumentNullException', "Value cannot be null. (Parameter 'address')"],
      ['System.ArgumentNullException', "Value cannot be null. (Parameter 'address')"],
    ],
  },
  {
    group: 'h: dotnet http',
    errors: [
      ['System.Net.Http.HttpRequestException', 'Response status code does not indicate success: 502 (Bad Gateway).'],
      ['System.Net.Http.HttpRequestException', 'Response status code does not indicate success: 502 (Bad Gateway).'],
    ],
  },
  {
    group: 'h: dotnet http 404',
    errors: [
      ['System.Net.Http.HttpRequestException', 'Response status code does not indicate success: 404 (Not Found).'],
      ['System.Net.Http.HttpRequestException', 'Response status code does not indicate success: 404 (Not Found).'],
    ],
  },
  {
    group: 'h: dotnet timeout',
    errors: [
      [
        'System.Threading.Tasks.TaskCanceledException',
        'The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
      ],
      [
        'System.Threading.Tasks.TaskCanceledException',
        'The request was canceled due to the configured HttpClient.Timeout of 30 seconds elapsing.',
      ],
    ],
  },
  {
    group: 'h: laravel model',
    errors: [
      [
        'Illuminate\\Database\\Eloquent\\ModelNotFoundException',
        'No query results for model [App\\Models\\Order] 8812',
      ],
      [
        'Illuminate\\Database\\Eloquent\\ModelNotFoundException',
        'No query results for model [App\\Models\\Order] 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d',
      ],
    ],
  },
  {
    group: 'h: laravel attempts',
    errors: [
      ['Illuminate\\Queue\\MaxAttemptsExceededException', 'App\\Jobs\\SendInvoice has been attempted too many times.'],
      ['Illuminate\\Queue\\MaxAttemptsExceededException', 'App\\Jobs\\SendInvoice has been attempted too many times.'],
    ],
  },
  {
    group: 'h: laravel attempts of another job',
    errors: [
      ['Illuminate\\Queue\\MaxAttemptsExceededException', 'App\\Jobs\\SyncStock has been attempted too many times.'],
      ['Illuminate\\Queue\\MaxAttemptsExceededException', 'App\\Jobs\\SyncStock has been attempted too many times.'],
    ],
  },
  {
    group: 'h: guzzle',
    errors: [
      [
        'GuzzleHttp\\Exception\\ConnectException',
        'cURL error 28: Operation timed out after 10001 milliseconds with 0 bytes received (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://api.example.com/v1/orders/8812',
      ],
      [
        'GuzzleHttp\\Exception\\ConnectException',
        'cURL error 28: Operation timed out after 5000 milliseconds with 12 bytes received (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://api.example.com/v1/orders/3',
      ],
    ],
  },
  {
    group: 'h: guzzle dns',
    errors: [
      [
        'GuzzleHttp\\Exception\\ConnectException',
        'cURL error 6: Could not resolve host: api.example.com (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://api.example.com/v1/orders/8812',
      ],
      [
        'GuzzleHttp\\Exception\\ConnectException',
        'cURL error 6: Could not resolve host: api.example.com (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://api.example.com/v1/orders/4',
      ],
    ],
  },
  {
    group: 'h: php type',
    errors: [
      'TypeError: App\\Tax::rate(): Argument #1 ($country) must be of type string, null given, called in /var/www/app/Jobs/Issue.php on line 33',
      'TypeError: App\\Tax::rate(): Argument #1 ($country) must be of type string, null given, called in /var/www/app/Jobs/Issue.php on line 57',
    ],
  },
];

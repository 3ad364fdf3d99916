import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

/** Python. See held-out-jvm.ts for when it was written. */
export const heldOutPython: readonly CorpusGroup[] = [
  {
    group: 'h: attribute error',
    errors: [
      "AttributeError: 'NoneType' object has no attribute 'email'",
      "AttributeError: 'NoneType' object has no attribute 'email'",
    ],
  },
  {
    group: 'h: attribute error total',
    errors: [
      "AttributeError: 'NoneType' object has no attribute 'total'",
      "AttributeError: 'NoneType' object has no attribute 'total'",
    ],
  },
  {
    group: 'h: type error unsupported',
    errors: [
      "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
      "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
    ],
  },
  {
    group: 'h: type error unsupported none',
    errors: [
      "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'",
      "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'",
    ],
  },
  {
    group: 'h: int literal',
    errors: [
      "ValueError: invalid literal for int() with base 10: 'abc'",
      "ValueError: invalid literal for int() with base 10: '12.5'",
      "ValueError: invalid literal for int() with base 10: ''",
    ],
  },
  {
    group: 'h: strptime',
    errors: [
      "ValueError: time data '31/12/2026' does not match format '%Y-%m-%d'",
      "ValueError: time data 'tomorrow' does not match format '%Y-%m-%d'",
    ],
  },
  {
    group: 'h: unicode',
    errors: [
      "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 12: invalid continuation byte",
      "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid continuation byte",
    ],
  },
  {
    group: 'h: django integrity',
    errors: [
      'django.db.utils.IntegrityError: duplicate key value violates unique constraint "accounts_user_username_key"\nDETAIL:  Key (username)=(anna) already exists.\n',
      'django.db.utils.IntegrityError: duplicate key value violates unique constraint "accounts_user_username_key"\nDETAIL:  Key (username)=(o\'neill (junior)) already exists.\n',
    ],
  },
  {
    group: 'h: django multiple',
    errors: [
      'orders.models.Order.MultipleObjectsReturned: get() returned more than one Order -- it returned 2!',
      'orders.models.Order.MultipleObjectsReturned: get() returned more than one Order -- it returned 14!',
    ],
  },
  {
    group: 'h: import error',
    errors: [
      "ModuleNotFoundError: No module named 'shop.legacy'",
      "ModuleNotFoundError: No module named 'shop.legacy'",
    ],
  },
  {
    group: 'h: import error other',
    errors: ["ModuleNotFoundError: No module named 'pandas'", "ModuleNotFoundError: No module named 'pandas'"],
  },
  {
    group: 'h: aiohttp',
    errors: [
      "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host stock.shop.svc.cluster.local:8000 ssl:default [Connect call failed ('10.4.0.9', 8000)]",
      "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host 10.4.0.12:9000 ssl:default [Connect call failed ('10.4.0.12', 9000)]",
    ],
  },
  {
    group: 'h: httpx 422',
    errors: [
      "httpx.HTTPStatusError: Client error '422 Unprocessable Entity' for url 'https://api.tax.example.com/v2/rates/DE/8812'\nFor more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/422",
      "httpx.HTTPStatusError: Client error '422 Unprocessable Entity' for url 'https://api.tax.example.com/v2/rates/DE/17'\nFor more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/422",
    ],
  },
  {
    group: 'h: httpx 401',
    errors: [
      "httpx.HTTPStatusError: Client error '401 Unauthorized' for url 'https://api.tax.example.com/v2/rates/DE/8812'\nFor more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401",
      "httpx.HTTPStatusError: Client error '401 Unauthorized' for url 'https://api.tax.example.com/v2/rates/DE/3'\nFor more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401",
    ],
  },
];

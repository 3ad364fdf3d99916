import type { CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';

/** Node, the services that it calls, and the businesses behind them. See held-out-jvm.ts for when it was written. */
export const heldOutNodeAndServices: readonly CorpusGroup[] = [
  {
    group: 'h: undici',
    errors: [
      'ConnectTimeoutError: Connect Timeout Error (attempted address: api.example.com:443, timeout: 10000ms)',
      'ConnectTimeoutError: Connect Timeout Error (attempted address: 10.0.0.1:443, timeout: 5000ms)',
    ],
  },
  {
    group: 'h: assertion',
    errors: ['AssertionError [ERR_ASSERTION]: 3 == 4', 'AssertionError [ERR_ASSERTION]: 17 == 12'],
  },
  {
    group: 'h: heap of js',
    errors: ['RangeError: Maximum call stack size exceeded', 'RangeError: Maximum call stack size exceeded'],
  },
  {
    group: 'h: stripe',
    errors: [
      "StripeInvalidRequestError: No such customer: 'cus_NffrFeUfNV2Hib'; a similar object exists in test mode, but a live mode key was used to make this request.",
      "StripeInvalidRequestError: No such customer: 'cus_9s6XKzkNRiz8i3'; a similar object exists in test mode, but a live mode key was used to make this request.",
    ],
  },
  {
    group: 'h: stripe payment method',
    errors: [
      "StripeInvalidRequestError: No such payment_method: 'pm_1Nv0FGQ9RKHgCVdK'",
      "StripeInvalidRequestError: No such payment_method: 'pm_1Mw9Rt2eZvKYlo2C'",
    ],
  },
  {
    group: 'h: aws expired',
    errors: [
      'ExpiredTokenException: The security token included in the request is expired',
      'ExpiredTokenException: The security token included in the request is expired',
    ],
  },
  {
    group: 'h: aws not authorised',
    errors: [
      'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/worker/i-0abc123def is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:123456789012:billing',
      'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/worker/i-0fff99912 is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:123456789012:billing',
    ],
  },
  {
    group: 'h: business insufficient',
    errors: [
      'InsufficientStock: SKU RED-SHIRT-42 has 3 left, 5 wanted',
      'InsufficientStock: SKU BLUE-MUG-1 has 0 left, 12 wanted',
    ],
  },
  {
    group: 'h: business unknown country',
    errors: ["Unknown country code 'XX' for order 8812", "Unknown country code 'ZZ' for order 3"],
  },
  {
    group: 'h: business duplicate event',
    errors: [
      'duplicate event 01HZX3K8Q9V7N2M4P6R8T0W2Y4 ignored at 2026-11-21T10:00:00Z',
      'duplicate event 01J0000K8Q9V7N2M4P6R8T0AAA ignored at 2026-11-22T10:00:00.5Z',
    ],
  },
];

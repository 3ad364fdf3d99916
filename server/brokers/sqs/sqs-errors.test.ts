import { isHeldBack } from '#server/brokers/backpressure.ts';
import { SQSServiceException } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { certainlyNotSent, entryError, toSqsError } from '#server/brokers/sqs/sqs-errors.ts';

const attempt = {
  connection: 'sqs',
  queue: 'orders-dlq',
  failure: 'The messages of queue orders-dlq could not be read',
};

/** As the SDK throws it. */
function serviceError(name: string, httpStatusCode = 400, message = 'the service’s own words'): SQSServiceException {
  return new SQSServiceException({
    name,
    message,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode },
  });
}

function networkError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code });
}

describe('errors of AWS', () => {
  test.each([
    ['InvalidClientTokenId', 403, 'unauthenticated'],
    ['UnrecognizedClientException', 400, 'unauthenticated'],
    ['SignatureDoesNotMatch', 403, 'unauthenticated'],
    ['ExpiredToken', 403, 'unauthenticated'],
    ['ExpiredTokenException', 400, 'unauthenticated'],
    ['MissingAuthenticationToken', 403, 'unauthenticated'],
    ['AccessDenied', 403, 'forbidden'],
    ['AccessDeniedException', 400, 'forbidden'],
    ['KmsAccessDenied', 400, 'forbidden'],
    ['KMS.AccessDeniedException', 400, 'forbidden'],
    ['KMS.DisabledException', 400, 'forbidden'],
    ['QueueDoesNotExist', 400, 'not_found'],
    ['AWS.SimpleQueueService.NonExistentQueue', 400, 'not_found'],
    ['RequestThrottled', 403, 'interrupted'],
    ['ThrottlingException', 400, 'interrupted'],
    ['OverLimit', 403, 'interrupted'],
    ['ReceiptHandleIsInvalid', 404, 'conflict'],
    ['BatchRequestTooLong', 400, 'too_large'],
    ['InvalidParameterValue', 400, 'rejected'],
    ['InvalidAttributeValue', 400, 'rejected'],
    ['InternalError', 500, 'interrupted'],
    ['SomethingNewAndUnknown', 503, 'interrupted'],
    ['SomethingNewAndUnknown', 403, 'forbidden'],
  ] as const)('%s (%i) is %s', (name, status, code) => {
    const error = toSqsError(serviceError(name, status), attempt);
    expect(error.code).toBe(code);
    expect(error.message).toContain('queue orders-dlq');
    expect(error.message, 'What happened, then what to do.').toMatch(/[.:;?] \P{Ll}.*[.]$/su);
  });

  test('the older name that the query protocol keeps in Code is understood where the name is not', () => {
    const error = Object.assign(serviceError('NewerName'), { Code: 'AWS.SimpleQueueService.NonExistentQueue' });
    expect(toSqsError(error, attempt).code).toBe('not_found');
  });
});

describe('errors before SQS is reached', () => {
  test('missing credentials say where to put them', () => {
    const error = toSqsError(
      Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
      attempt,
    );
    expect(error.code).toBe('unauthenticated');
    expect(error.message).toContain('AWS_ACCESS_KEY_ID');
  });

  test.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
    ['ECONNRESET', 'interrupted'],
    ['ETIMEDOUT', 'timed_out'],
  ] as const)('%s is %s', (reason, code) => {
    expect(toSqsError(networkError(reason), attempt).code).toBe(code);
  });

  test('an answer that is not SQS’s is told as a wrong endpoint', () => {
    expect(toSqsError(new SyntaxError('Unexpected token <'), attempt).code).toBe('unreachable');
  });

  test('an error of ours stays as it is', () => {
    const own = new AppError('cancelled', 'Stopped.');
    expect(toSqsError(own, attempt)).toBe(own);
  });
});

describe('what an error says of a send', () => {
  test.each([
    'AccessDenied',
    'QueueDoesNotExist',
    'RequestThrottled',
    'InvalidParameterValue',
    'SignatureDoesNotMatch',
  ])('%s: certainly not sent', (name) => {
    expect(certainlyNotSent(toSqsError(serviceError(name), attempt))).toBe(true);
  });

  test('throttling asks for patience, in an error of a request and of one entry, and nothing else does', () => {
    for (const name of ['RequestThrottled', 'ThrottlingException', 'KmsThrottled']) {
      expect(isHeldBack(toSqsError(serviceError(name), attempt)), name).toBe(true);
      expect(isHeldBack(entryError(name, attempt)), name).toBe(true);
    }
    expect(isHeldBack(toSqsError(serviceError('AccessDenied'), attempt))).toBe(false);
    expect(isHeldBack(entryError('InternalError', attempt))).toBe(false);
  });

  test('a refused connection: certainly not sent', () => {
    expect(certainlyNotSent(toSqsError(networkError('ECONNREFUSED'), attempt))).toBe(true);
  });

  test.each([
    serviceError('InternalError', 500),
    serviceError('ServiceUnavailable', 503),
    networkError('ECONNRESET'),
    networkError('ETIMEDOUT'),
    new Error('strange'),
  ])('%s: nobody knows', (error) => {
    expect(certainlyNotSent(toSqsError(error, attempt))).toBe(false);
  });
});

test('the broker’s own words, which may quote a message or a signed request, are not repeated', () => {
  const quoting = serviceError(
    'InvalidParameterValue',
    400,
    'Value card=4111111111111111 for parameter MessageBody is invalid',
  );
  expect(toSqsError(quoting, attempt).message).not.toContain('4111');
  expect(JSON.stringify(toSqsError(quoting, attempt).details)).not.toContain('4111');
});

test('a refused entry that nobody has heard of is rejected with its name', () => {
  expect(entryError('BrandNewReason', attempt)).toMatchObject({
    code: 'rejected',
    details: { sqsCode: 'BrandNewReason' },
  });
});

import { heldBack } from '#server/brokers/backpressure.ts';
import { AppError, type ErrorCode, type ErrorRecord } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';

/** What was being done, for the sentence: `The messages of queue orders-dlq could not be read: …` */
export interface SqsAttempt {
  /** The connection's name in the configuration. */
  readonly connection: string;
  /** A clause without its end: `The queues could not be listed`. */
  readonly failure: string;
  readonly queue?: string;
}

interface Translation {
  readonly code: ErrorCode;
  readonly hint: string;
}

/**
 * Codes of SQS, IAM and KMS without their prefixes (`AWS.SimpleQueueService.`, `com.amazonaws.sqs#`, `KMS.`), from the service's
 * API reference ("Common Errors" and the errors of each action). ElasticMQ 1.7.1 says `InvalidAttributeValue` where AWS says `InvalidParameterValue`.
 */
const translations: Readonly<Record<string, Translation>> = {
  ...all(
    ['CredentialsProviderError'],
    'unauthenticated',
    'no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role; a local server takes any values.',
  ),
  ...all(
    ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'],
    'unauthenticated',
    'the signature was refused. Check the secret access key, and that this machine’s clock is right.',
  ),
  ...all(
    ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'],
    'unauthenticated',
    'the credentials have expired. Sign in again, or renew the session token.',
  ),
  ...all(
    [
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'InvalidAccessKeyId',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
      'NotAuthorized',
      'AuthFailure',
      'InvalidSecurity',
    ],
    'unauthenticated',
    'the access key or the session token was refused. Check the credentials and the region of this connection.',
  ),
  ...all(
    ['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'UnauthorizedOperation', 'OptInRequired'],
    'forbidden',
    'this account is not allowed to do it. Grant the SQS action in its IAM policy or in the queue’s access policy.',
  ),
  ...all(
    ['KmsAccessDenied', 'KmsOptInRequired'],
    'forbidden',
    'this account may not use the key that encrypts the queue. Grant kms:Decrypt and kms:GenerateDataKey.',
  ),
  ...all(
    ['KmsDisabled', 'KmsInvalidState', 'KmsNotFound', 'KmsInvalidKeyUsage'],
    'forbidden',
    'the key that encrypts the queue is disabled, deleted or of the wrong kind. Mend the key in KMS.',
  ),
  ...all(
    ['QueueDoesNotExist', 'NonExistentQueue', 'QueueDeletedRecently', 'InvalidAddress'],
    'not_found',
    'there is no such queue for this account in this region. Check the name, the account and the region.',
  ),
  ...all(
    [
      'RequestThrottled',
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'TooManyRequestsException',
      'KmsThrottled',
      'RequestLimitExceeded',
    ],
    'interrupted',
    'SQS is throttling this account. Try again in a moment.',
  ),
  ...all(
    ['OverLimit'],
    'interrupted',
    'too many messages of the queue are in flight. Wait until its readers have finished.',
  ),
  ...all(
    ['ReceiptHandleIsInvalid', 'MessageNotInflight'],
    'conflict',
    'its lease had run out. It is still in the queue; read it again.',
  ),
  ...all(
    ['BatchRequestTooLong', 'MessageTooLong'],
    'too_large',
    'it is larger than SQS takes. Leave it out, or make it smaller.',
  ),
  ...all(
    ['InvalidMessageContents'],
    'unencodable',
    'it holds characters that SQS does not carry. Leave it out, or change them.',
  ),
  ...all(
    [
      'InvalidParameterValue',
      'InvalidAttributeValue',
      'InvalidAttributeName',
      'InvalidParameterCombination',
      'InvalidBatchEntryId',
      'MissingParameter',
      'MissingRequiredParameterException',
      'ValidationError',
      'ValidationException',
      'UnsupportedOperation',
    ],
    'rejected',
    'SQS refused a value in it. Compare its attributes with what the queue takes.',
  ),
  ...all(
    ['InternalError', 'InternalFailure', 'InternalServerError', 'ServiceUnavailable', 'ServiceUnavailableException'],
    'interrupted',
    'SQS had a failure of its own. Try again in a moment.',
  ),
  ...all(
    ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
    'unreachable',
    'nothing answers at its address. Check the endpoint, the region and the network.',
  ),
  ...all(
    [
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'EPROTO',
    ],
    'unreachable',
    'its TLS certificate was not accepted. Check the endpoint, or give Node the authority’s certificate (NODE_EXTRA_CA_CERTS).',
  ),
  ...all(
    ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNABORTED'],
    'interrupted',
    'the connection broke. Try again.',
  ),
  ...all(['ETIMEDOUT', 'TimeoutError', 'RequestTimeout'], 'timed_out', silence('SQS', null)),
  // What answers is a web server, but its answer is not SQS's JSON.
  ...all(['SyntaxError'], 'unreachable', 'what answers at its address does not speak SQS. Check the endpoint.'),
};

const throttling: ReadonlySet<string> = new Set([
  'RequestThrottled',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'KmsThrottled',
  'OverLimit',
]);

/** Anything that the SDK throws, as an error of ours. The broker's own text is left out: it may quote the message or the signed request. */
export function toSqsError(error: unknown, attempt: SqsAttempt): AppError {
  if (error instanceof AppError) return error;
  const { name, status } = describe(error);
  const known = translations[name] ?? translationOfStatus(status);
  const details = {
    connection: attempt.connection,
    sqsCode: name,
    ...(attempt.queue === undefined ? {} : { queue: attempt.queue }),
    ...(throttling.has(name) && heldBack),
  };
  if (known === null) {
    return new AppError(
      'internal',
      `${attempt.failure} (connection ${attempt.connection}): unexpected error ${name}. Try again, and report it if it stays.`,
      { details, cause: error },
    );
  }
  return new AppError(known.code, `${attempt.failure} (connection ${attempt.connection}): ${known.hint}`, {
    details,
    cause: error,
  });
}

/** One refused entry of a batch. */
export function entryError(code: string | undefined, attempt: SqsAttempt): ErrorRecord {
  const name = bare(code ?? 'InternalError');
  const known = translations[name] ?? {
    code: 'rejected',
    hint: `SQS refused it with ${name}. Look that up in the SQS API reference.`,
  };
  return {
    code: known.code,
    message: `${attempt.failure}: ${known.hint}`,
    details: {
      connection: attempt.connection,
      sqsCode: name,
      ...(attempt.queue === undefined ? {} : { queue: attempt.queue }),
      ...(throttling.has(name) && heldBack),
    },
  };
}

/** Whether a request that failed like this cannot have sent anything. A connection that broke or an answer that did not come leaves it open. */
export function certainlyNotSent(error: AppError): boolean {
  switch (error.code) {
    case 'unreachable':
    case 'unauthenticated':
    case 'forbidden':
    case 'not_found':
    case 'rejected':
    case 'too_large':
    case 'unencodable':
    case 'conflict':
      return true;
    case 'interrupted':
      return typeof error.details['sqsCode'] === 'string' && throttling.has(error.details['sqsCode']);
    default:
      return false;
  }
}

function describe(error: unknown): { name: string; status: number | null } {
  if (typeof error !== 'object' || error === null) return { name: 'unknown', status: null };
  const metadata =
    '$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null ? error.$metadata : {};
  const status =
    'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
  // Node puts the reason of a failed connection into `code`; the service's reason is the name, with the query protocol's older name in `Code`.
  const candidates = ['code', 'name', 'Code'].map((key) =>
    Reflect.has(error, key) ? String(Reflect.get(error, key)) : '',
  );
  const names = candidates.filter((candidate) => candidate !== '' && candidate !== 'undefined').map(bare);
  return { name: names.find((name) => name in translations) ?? names[0] ?? 'unknown', status };
}

function bare(code: string): string {
  return code
    .replace(/^.*[#]/, '')
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/^KMS\.(.*?)(Exception)?$/, 'Kms$1');
}

function translationOfStatus(status: number | null): Translation | null {
  if (status === null) return null;
  if (status === 401) return translations['InvalidClientTokenId'] ?? null;
  if (status === 403) return translations['AccessDenied'] ?? null;
  if (status === 413) return translations['MessageTooLong'] ?? null;
  if (status === 429) return translations['RequestThrottled'] ?? null;
  if (status >= 500) return translations['InternalError'] ?? null;
  return status >= 400 ? (translations['InvalidParameterValue'] ?? null) : null;
}

function all(names: readonly string[], code: ErrorCode, hint: string): Record<string, Translation> {
  return Object.fromEntries(names.map((name) => [name, { code, hint }]));
}

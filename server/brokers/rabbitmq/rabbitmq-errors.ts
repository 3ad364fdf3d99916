import { AppError, type ErrorCode } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';

/** What was being done when an error came, for its sentence. */
export interface ErrorContext {
  /** `RabbitMQ "name" (host:port)`. */
  readonly label: string;
  readonly username?: string;
  readonly vhost?: string;
  /** `queue "email_dlq"`, `exchange "orders"`; absent where the whole connection is meant. */
  readonly subject?: string;
}

/** From `protocol reply codes` in the AMQP 0-9-1 specification, those that RabbitMQ uses. */
const replyCode = {
  connectionForced: 320,
  accessRefused: 403,
  notFound: 404,
  resourceLocked: 405,
  preconditionFailed: 406,
  notAllowed: 530,
} as const;

const networkCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPIPE',
]);

/** An error while connecting and logging in. amqplib gives the handshake's errors no code, only a text of its own making. */
export function connectError(error: unknown, context: ErrorContext): AppError {
  if (error instanceof AppError) return error;
  const { label, username = '', vhost = '/' } = context;
  const text = error instanceof Error ? error.message : '';
  if (text.includes('403 (ACCESS')) {
    return new AppError(
      'unauthenticated',
      `${label} refused the user "${username}" or the password. Check the credentials in the configuration.`,
    );
  }
  // The text of the refusal is not passed on by amqplib: a missing virtual host and a missing permission look the same.
  if (text.includes('got <ConnectionClose') || text.includes('530 (NOT')) {
    return new AppError(
      'forbidden',
      `${label} does not let the user "${username}" into the virtual host "${vhost}". Check that it exists and that the user has permissions there.`,
    );
  }
  if (text === 'connect ETIMEDOUT') {
    return new AppError('unreachable', silence(label, null));
  }
  const code = nativeCode(error);
  if (typeof code === 'string' || text.includes('handshake') || text.includes('Socket closed')) {
    const reason = typeof code === 'string' ? ` (${code})` : '';
    return new AppError(
      'unreachable',
      `${label} cannot be reached${reason}. Check that it runs and that the address is right.`,
    );
  }
  return new AppError('internal', `Connecting to ${label} failed in an unforeseen way. Report this as a defect.`, {
    cause: error,
  });
}

/** An error on an open channel or connection. The server's own text is not repeated: it may quote parts of messages. */
export function channelError(error: unknown, context: ErrorContext): AppError {
  if (error instanceof AppError) return error;
  const { label, subject = 'the connection' } = context;
  const code = nativeCode(error);
  if (error instanceof TypeError || error instanceof RangeError) {
    return new AppError(
      'internal',
      `What ${label} sent for ${subject} could not be understood. Report this as a defect.`,
      {
        cause: error,
      },
    );
  }
  switch (code) {
    case replyCode.notFound:
      return new AppError('not_found', `There is no ${subject} on ${label}. Check its name, or declare it.`);
    case replyCode.accessRefused:
    case replyCode.notAllowed:
      return new AppError(
        'forbidden',
        `${label} does not permit this for ${subject}. Give the user of this connection the permission.`,
      );
    case replyCode.resourceLocked:
      return new AppError(
        'forbidden',
        `On ${label} the ${subject} belongs to one connection only (exclusive). It cannot be read from here.`,
      );
    case replyCode.preconditionFailed:
      return new AppError(
        'rejected',
        `${label} refused the request for ${subject}: a precondition failed. Look into the server's log for the reason.`,
      );
    default:
      return interrupted(context);
  }
}

export function interrupted({ label, subject }: ErrorContext): AppError {
  const during = subject === undefined ? '' : ` while it was used for ${subject}`;
  return new AppError(
    'interrupted',
    `The connection to ${label} broke${during}. Try again; nothing that was held is lost.`,
  );
}

export function cancelled(): AppError {
  return new AppError('cancelled', 'Stopped before it was finished. Start it again when you want to.');
}

/** An answer of the management API that is not the wanted one. */
export function managementError(status: number, context: ErrorContext): AppError {
  const codes: Record<number, ErrorCode> = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found' };
  const what = `The management API of ${context.label} answered ${status}${context.subject ? ` for ${context.subject}` : ''}.`;
  switch (codes[status]) {
    case 'unauthenticated':
      return new AppError('unauthenticated', `${what} Give the user the tag "management", and check the credentials.`);
    case 'forbidden':
      return new AppError('forbidden', `${what} Give the user the permission.`);
    case 'not_found':
      return new AppError('not_found', `${what} Check the name.`);
    default:
      return new AppError('unreachable', `${what} Look into the server's log.`);
  }
}

export function isExclusiveConsumer(error: unknown): boolean {
  return nativeCode(error) === replyCode.accessRefused && error instanceof Error && error.message.includes('exclusive');
}

export function isConnectionBreak(error: unknown): boolean {
  const code = nativeCode(error);
  return typeof code !== 'number' || code === replyCode.connectionForced;
}

/** amqplib puts AMQP's reply code where Node puts its own text codes. */
function nativeCode(error: unknown): number | string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (typeof error.code === 'number') return error.code;
  return typeof error.code === 'string' && networkCodes.has(error.code) ? error.code : null;
}

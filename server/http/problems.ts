import type { Problem } from '#lib/api/common.ts';
import { toErrorRecord, type ErrorCode } from '#lib/domain/errors.ts';

/** RFC 9457 from any error. What is not ours says nothing of its inside. */
export function toProblem(error: unknown): Problem {
  const record = toErrorRecord(error);
  const { status, title } = statusOf(record.code);
  const detail =
    record.code === 'internal' ? 'Something went wrong inside the console. Its log has more.' : record.message;
  return {
    type: 'about:blank',
    title,
    status,
    detail,
    code: record.code,
    ...(record.details && record.code !== 'internal' ? { details: record.details } : {}),
  };
}

function statusOf(code: ErrorCode): { status: number; title: string } {
  switch (code) {
    case 'invalid_request':
    case 'invalid_configuration':
      return { status: 400, title: 'The request is not right' };
    case 'cross_site':
      return { status: 403, title: 'Refused: the request came from another site' };
    case 'masked':
      return { status: 403, title: 'Masked' };
    case 'not_found':
      return { status: 404, title: 'Not found' };
    case 'conflict':
    case 'canary_failed':
      return { status: 409, title: 'Not in this state' };
    case 'stale_plan':
      return { status: 409, title: 'The plan is no longer true' };
    case 'would_destroy':
      return { status: 409, title: 'Refused: messages would be lost' };
    case 'too_large':
      return { status: 413, title: 'Too large' };
    case 'unsupported':
    case 'unencodable':
    case 'unroutable':
    case 'rejected':
      return { status: 422, title: 'The broker cannot do this' };
    case 'unauthenticated':
    case 'forbidden':
    case 'unreachable':
    case 'interrupted':
      return { status: 502, title: 'The broker does not answer as it should' };
    case 'timed_out':
      return { status: 504, title: 'It took too long' };
    case 'cancelled':
      return { status: 503, title: 'Stopped before it was finished' };
    case 'internal':
      return { status: 500, title: 'Internal error' };
  }
}

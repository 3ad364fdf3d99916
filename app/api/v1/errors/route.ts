import { messagesQuery } from '#lib/api/messages.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readErrors } from '#server/queries/messages.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readErrors(runtime(), parseQuery(request, messagesQuery)));
}

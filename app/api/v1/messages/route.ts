import { messagesQuery } from '#lib/api/messages.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readMessages } from '#server/queries/messages.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readMessages(runtime(), parseQuery(request, messagesQuery)));
}

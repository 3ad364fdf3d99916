import { messageCountQuery } from '#lib/api/messages.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { countMessages } from '#server/queries/messages.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => countMessages(runtime(), parseQuery(request, messageCountQuery)));
}

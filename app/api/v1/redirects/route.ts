import { redirectBody } from '#lib/api/redirects.ts';
import { callerOf } from '#server/http/caller.ts';
import { readRedirects, saveRedirect } from '#server/http/redirect-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(): Promise<Response> {
  return respond(() => readRedirects(runtime()));
}

export function POST(request: Request): Promise<Response> {
  return respond(async () => saveRedirect(runtime(), await parseBody(request, redirectBody), callerOf(request)), 201);
}

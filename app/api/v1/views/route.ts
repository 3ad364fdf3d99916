import { viewBody } from '#lib/api/views.ts';
import { callerOf } from '#server/http/caller.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { saveView } from '#server/http/view-actions.ts';
import { readViews } from '#server/queries/views.ts';

export function GET(): Promise<Response> {
  return respond(() => readViews(runtime()));
}

export function POST(request: Request): Promise<Response> {
  return respond(async () => saveView(runtime(), await parseBody(request, viewBody), callerOf(request)), 201);
}

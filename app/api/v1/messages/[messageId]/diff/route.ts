import { diffQuery } from '#lib/api/diff.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readDiff } from '#server/queries/diff.ts';

export function GET(request: Request, { params }: { params: Promise<{ messageId: string }> }): Promise<Response> {
  return respond(async () => readDiff(runtime(), (await params).messageId, parseQuery(request, diffQuery)));
}

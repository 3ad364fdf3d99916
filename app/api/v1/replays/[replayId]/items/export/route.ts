import { itemsExportQuery } from '#lib/api/replays.ts';
import { callerOf } from '#server/http/caller.ts';
import { itemsExportResponse } from '#server/http/export-response.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(request: Request, { params }: { params: Promise<{ replayId: string }> }): Promise<Response> {
  return respond(async () =>
    itemsExportResponse(runtime(), (await params).replayId, parseQuery(request, itemsExportQuery), callerOf(request)),
  );
}

import { callerOf } from '#server/http/caller.ts';
import { listPlain } from '#server/http/plain-dlq.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(request: Request, { params }: { params: Promise<{ topic: string }> }): Promise<Response> {
  return respond(async () => listPlain(runtime(), (await params).topic, callerOf(request)));
}

import { testReceiver } from '#server/http/alert-actions.ts';
import { callerOf } from '#server/http/caller.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request, { params }: { params: Promise<{ receiver: string }> }): Promise<Response> {
  return respond(async () => testReceiver(runtime(), (await params).receiver, callerOf(request)));
}

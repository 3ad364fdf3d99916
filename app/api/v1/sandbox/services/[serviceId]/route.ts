import { mendBody } from '#lib/api/sandbox.ts';
import { callerOf } from '#server/http/caller.ts';
import { mendService } from '#server/http/queue-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request, { params }: { params: Promise<{ serviceId: string }> }): Promise<Response> {
  return respond(async () => {
    const { mended } = await parseBody(request, mendBody);
    return mendService(runtime(), (await params).serviceId, mended, callerOf(request));
  });
}

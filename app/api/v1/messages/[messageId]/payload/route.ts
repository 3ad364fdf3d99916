import { payloadResponse } from '#server/http/payload-response.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(_request: Request, { params }: { params: Promise<{ messageId: string }> }): Promise<Response> {
  return respond(async () => payloadResponse(runtime(), (await params).messageId));
}

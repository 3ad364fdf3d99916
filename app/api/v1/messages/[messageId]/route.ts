import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readMessage } from '#server/queries/message.ts';

export function GET(_request: Request, { params }: { params: Promise<{ messageId: string }> }): Promise<Response> {
  return respond(async () => readMessage(runtime(), (await params).messageId));
}

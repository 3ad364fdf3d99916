import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readGroup } from '#server/queries/group.ts';

export function GET(_request: Request, { params }: { params: Promise<{ fingerprint: string }> }): Promise<Response> {
  return respond(async () => readGroup(runtime(), (await params).fingerprint));
}

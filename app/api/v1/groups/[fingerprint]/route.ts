import { groupChange } from '#lib/api/groups.ts';
import { callerOf } from '#server/http/caller.ts';
import { changeGroup } from '#server/http/group-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readGroup } from '#server/queries/group.ts';

type Context = { params: Promise<{ fingerprint: string }> };

export function GET(_request: Request, { params }: Context): Promise<Response> {
  return respond(async () => readGroup(runtime(), (await params).fingerprint));
}

export function PATCH(request: Request, { params }: Context): Promise<Response> {
  return respond(async () =>
    changeGroup(runtime(), (await params).fingerprint, await parseBody(request, groupChange), callerOf(request)),
  );
}

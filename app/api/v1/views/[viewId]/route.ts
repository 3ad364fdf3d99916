import { viewChange } from '#lib/api/views.ts';
import { callerOf } from '#server/http/caller.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { changeView, deleteView } from '#server/http/view-actions.ts';

type Context = { params: Promise<{ viewId: string }> };

export function PATCH(request: Request, { params }: Context): Promise<Response> {
  return respond(async () =>
    changeView(runtime(), (await params).viewId, await parseBody(request, viewChange), callerOf(request)),
  );
}

export function DELETE(request: Request, { params }: Context): Promise<Response> {
  return respond(async () => deleteView(runtime(), (await params).viewId, callerOf(request)));
}

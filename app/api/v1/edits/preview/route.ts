import { editPreviewBody } from '#lib/api/edits.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { previewEdit } from '#server/queries/edit-preview.ts';

export function POST(request: Request): Promise<Response> {
  return respond(async () => previewEdit(runtime(), await parseBody(request, editPreviewBody), request.signal));
}

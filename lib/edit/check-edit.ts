import { AppError } from '#lib/domain/errors.ts';
import type { BodyEdit, EditProblem, MessageEdit } from '#lib/domain/message-edit.ts';
import type { Selection } from '#lib/domain/replay.ts';
import { patchProblemText, readPatch, type PatchOperation } from '#lib/edit/json-patch.ts';

export function editProblem(text: string): EditProblem {
  return { text, operation: null, path: null };
}

/** The patch's own text. */
export function patchText(operations: string | readonly unknown[]): string {
  return typeof operations === 'string' ? operations : JSON.stringify(operations);
}

/** Throws `invalid_request` for what no message could be edited with. */
export function checkEdit(edit: MessageEdit): void {
  if (edit.body === null && edit.headers.length === 0 && edit.key === undefined)
    throw invalid('edit', 'The edit changes nothing: give it a body, headers or a key.');
  if (edit.body?.kind === 'patch') compilePatch(edit.body);
  if (edit.body?.kind === 'replace' && 'base64' in edit.body && !isBase64(edit.body.base64))
    throw invalid('edit.body.base64', 'edit.body.base64 is no base64.');
}

/** `checkEdit`, and whether the edit fits what was selected: a whole body is one message's own. */
export function checkEditOf(edit: MessageEdit, selection: Selection): void {
  checkEdit(edit);
  if (selection.kind === 'messages' && selection.messageIds.length === 1) return;
  if (edit.body?.kind === 'replace')
    throw invalid('edit.body', 'A whole body can be replaced in a single message only. For many give a JSON Patch.');
  if (edit.key !== undefined) throw invalid('edit.key', 'A key can be changed in a single message only.');
}

/** Throws `invalid_request`, naming the operation. */
export function compilePatch({ operations }: Extract<BodyEdit, { readonly kind: 'patch' }>): readonly PatchOperation[] {
  if (typeof operations !== 'string' && hasLostDigits(operations)) {
    throw invalid(
      'edit.body.operations',
      'A number in the operations is larger than a list can hold without losing digits. Send the operations as text: "operations": "[…]".',
    );
  }
  const patch = readPatch(patchText(operations));
  if (!('text' in patch)) return patch;
  const place = patch.operation === null ? '' : `.${patch.operation - 1}`;
  throw invalid(
    `edit.body.operations${place}`,
    `The JSON Patch is not right: ${patchProblemText(patch, [])}. Nothing was planned.`,
  );
}

/** A whole number beyond 2^53 may have been another one. */
function hasLostDigits(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLostDigits);
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid_request', message, { details: { field } });
}

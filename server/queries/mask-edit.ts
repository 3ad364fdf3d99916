import type { BodyEdit, HeaderEdit, MessageEdit } from '#lib/domain/message-edit.ts';
import { patchText } from '#lib/edit/check-edit.ts';
import { readPatch, type PatchOperation } from '#lib/edit/json-patch.ts';
import { printNode } from '#lib/edit/json-tree.ts';
import { mark } from '#lib/masking/mark.ts';
import { maskKeyText } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';

/** An edit as it may be read: what it puts where something is masked is masked as well. Never what is sent. */
export function maskEdit(edit: MessageEdit, masking: Masking): MessageEdit {
  const { body, headers, key } = edit;
  return {
    body: body && maskBodyEdit(body, masking),
    headers: headers.map((header) => maskHeaderEdit(header, masking)),
    ...(key && {
      key: key.kind === 'text' ? { kind: 'text', text: maskKeyText(key.text, masking, { isLane: false }) } : key,
    }),
  };
}

function maskHeaderEdit(edit: HeaderEdit, masking: Masking): HeaderEdit {
  if (edit.change === 'remove') return edit;
  return { ...edit, value: masking.headerRule(edit.name) === null ? masking.text(edit.value) : mark };
}

function maskBodyEdit(body: BodyEdit, masking: Masking): BodyEdit {
  if (body.kind === 'replace') {
    if ('text' in body) return { kind: 'replace', text: masking.text(body.text) };
    return { kind: 'replace', base64: masking.canShowBytes(Buffer.from(body.base64, 'base64')) ? body.base64 : '' };
  }
  const patch = readPatch(patchText(body.operations));
  if ('text' in patch) return { kind: 'patch', operations: mark };
  return { kind: 'patch', operations: `[${patch.map((operation) => operationText(operation, masking)).join(',')}]` };
}

function operationText(operation: PatchOperation, masking: Masking): string {
  const { op, path } = operation;
  const from = 'from' in operation ? `,"from":${JSON.stringify(operation.from)}` : '';
  const value = 'value' in operation ? `,"value":${valueText(operation, masking)}` : '';
  return `{"op":${JSON.stringify(op)},"path":${JSON.stringify(path)}${from}${value}}`;
}

/** In its place, because a rule goes by the names around a value; which of them are items of lists is not known here. */
function valueText({ at, value }: Extract<PatchOperation, { readonly value: unknown }>, masking: Masking): string {
  const text = printNode(value);
  const placesOf = [at, at.filter((token) => !/^(?:\d+|-)$/.test(token))];
  const isMasked = placesOf.some((names) => {
    const document = `${names.map((name) => `{${JSON.stringify(name)}:`).join('')}${text}${'}'.repeat(names.length)}`;
    return masking.text(document) !== document;
  });
  return isMasked ? JSON.stringify(mark) : text;
}

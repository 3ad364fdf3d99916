import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { patchText } from '#lib/edit/check-edit.ts';

const charactersMax = 4_000;

/** An edit for lists: a long body is cut, so that many replays fit an answer. One replay has it whole. */
export function shortEdit(edit: MessageEdit): MessageEdit {
  const { body } = edit;
  if (body === null) return edit;
  const text = body.kind === 'patch' ? patchText(body.operations) : 'text' in body ? body.text : body.base64;
  if (text.length <= charactersMax) return edit;
  const cut = `${text.slice(0, charactersMax)}…`;
  return { ...edit, body: body.kind === 'patch' ? { kind: 'patch', operations: cut } : { kind: 'replace', text: cut } };
}

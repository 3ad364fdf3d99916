import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { EditBodyView, EditPreview } from '#lib/api/edits.ts';
import type { HeaderEdit, MessageEdit } from '#lib/domain/message-edit.ts';
import { restyled, type OneLine } from '#lib/edit/json-style.ts';
import { writePointerToken } from '#lib/edit/json-pointer.ts';
import { JsonSyntaxError, parseJson } from '#lib/edit/json-tree.ts';

/** A header as it is being edited; `value` of one that is removed is what it was. */
export interface HeaderDraft {
  readonly name: string;
  readonly change: HeaderEdit['change'];
  readonly value: string;
}

/**
 * What stands in the editor of a patch before anything is written: an operation on the first field of this body, with the value that it has, so that it changes
 * nothing yet. Without a body it names a field that is none.
 */
export function patchTemplate(body: string | null): string {
  const field = body === null ? null : firstField(body);
  const { path, value } = field ?? { path: '/field', value: '""' };
  return `[\n  { "op": "replace", "path": ${JSON.stringify(path)}, "value": ${value} }\n]`;
}

function firstField(body: string): { readonly path: string; readonly value: string } | null {
  try {
    let node = parseJson(body).root;
    let path = '';
    while (node.kind === 'object' || node.kind === 'array') {
      const token = node.kind === 'object' ? node.members[0]?.name : '0';
      const first = node.kind === 'object' ? node.members[0] : node.items[0];
      if (token === undefined || first === undefined) return null;
      path += `/${writePointerToken(token)}`;
      node = first.value;
    }
    return path === '' || node.text.length > templateValueMax ? null : { path, value: node.text };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return null;
  }
}

const templateValueMax = 80;

/** Those whose body a patch can be written for come first: JSON that is shown whole. */
export function inOrderOfUse<Sample extends Pick<EditPreview, 'before'>>(
  samples: readonly Sample[],
): readonly Sample[] {
  const isUseful = ({ before }: Sample) => before.format === 'json' && !before.cut;
  return [...samples.filter(isUseful), ...samples.filter((sample) => !isUseful(sample))];
}

/** Why the whole text cannot be edited here, in a sentence; `null` where it can. */
export function noTextReason({
  before,
  patchOnly,
  closed,
}: Pick<EditPreview, 'before' | 'patchOnly' | 'closed'>): string | null {
  if (closed !== null) return `${sentence(closed)} Its headers can.`;
  if (patchOnly !== null) return `${sentence(patchOnly)} Masked fields may be replaced and removed by it.`;
  if (before.format === 'binary') return 'The body is no text. Its bytes can be replaced through the API, with base64.';
  if (before.cut) return 'The body is too long to be edited as text: give a JSON Patch.';
  return null;
}

/** The edit that the drafts make; `null` where they change nothing. */
export function draftedEdit({
  mode,
  text,
  original,
  style,
  patch,
  template,
  headers,
}: {
  mode: 'text' | 'patch';
  text: string;
  /** What `text` was to begin with. */
  original: string;
  style: OneLine | null;
  patch: string;
  /** What `patch` was to begin with. */
  template: string;
  headers: readonly HeaderDraft[];
}): MessageEdit | null {
  const isPatched = patch.trim() !== '' && patch !== template;
  const body =
    mode === 'text'
      ? text === original
        ? null
        : ({ kind: 'replace', text: restyled(text, style) } as const)
      : isPatched
        ? ({ kind: 'patch', operations: patch } as const)
        : null;
  const edits = headers
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, change, value }): HeaderEdit => (change === 'set' ? { change, name, value } : { change, name }));
  return body === null && edits.length === 0 ? null : { body, headers: edits };
}

/** `Line 3: a comma or } is expected`; `null` where it is JSON. */
export function jsonMistake(text: string): string | null {
  try {
    parseJson(text);
    return null;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return `Line ${text.slice(0, error.at).split('\n').length}: no JSON, ${error.message}.`;
  }
}

/** What is left to be named of an edit whose differences are shown: a body that is given whole has no other name. */
export function changesBesides(edit: MessageEdit): MessageEdit {
  return edit.body?.kind === 'replace' ? { ...edit, body: null } : edit;
}

/** Before what an edit changes in the messages of a replay. Whether they were sent is said elsewhere. */
export function copiesTitle(count: number): string {
  return count === 1 ? 'An edited copy, not the message as it is:' : 'Edited copies, not the messages as they are:';
}

/** How the body is made, and how large it is where that is told. */
export function bodyWords({ label, sizeBytes }: EditBodyView): string {
  return sizeBytes === null ? label : `${label}, ${formatCount(sizeBytes)} bytes`;
}

/** What pages of previews say so far. */
export function previewsWords(seen: number, refused: number, isAll: boolean): string {
  const of = isAll ? countOf(seen, 'message') : `The first ${countOf(seen, 'message')}`;
  return refused === 0
    ? `${of} can be edited so.`
    : `${of} looked at: ${formatCount(refused)} cannot be edited so and ${refused === 1 ? 'is' : 'are'} not sent.`;
}

export function sentence(words: string): string {
  const end = /[.!?]$/.test(words) ? '' : '.';
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${end}`;
}

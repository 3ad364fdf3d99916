import type { EditBodyView } from '#lib/api/edits.ts';
import type { BodyEdit, EditProblem } from '#lib/domain/message-edit.ts';
import { compilePatch, editProblem } from '#lib/edit/check-edit.ts';
import { applyPatch, patchProblemText } from '#lib/edit/json-patch.ts';
import { parseJson, printJson } from '#lib/edit/json-tree.ts';
import { guardMasked, writesMasked } from '#lib/edit/masked-places.ts';
import type { Masking, RulesMet } from '#lib/masking/masking.ts';
import { diffTexts, type TextDiff } from '#lib/payload/diff.ts';
import { indentJson } from '#lib/payload/indent-json.ts';
import type { SchemaReference } from '#lib/payload/wire-format.ts';
import { reasonOf, type SchemaLookup, type Stage } from '#server/payload/decoder.ts';
import { Misfit } from '#server/payload/editing/avro-value.ts';
import { openBody, type OpenBody, type Opened } from '#server/payload/editing/open-body.ts';

/** What an edit makes of one body. */
export type EditedBody =
  | { readonly kind: 'needs'; readonly reference: SchemaReference }
  | {
      readonly kind: 'edited';
      readonly bytes: Uint8Array | null;
      /** Something is written where something is masked: nobody may learn whether it was there already. */
      readonly writesMasked: boolean;
      readonly views: BodyViews | null;
    }
  | {
      readonly kind: 'refused';
      readonly problem: EditProblem;
      /** It may well be possible once a registry answers. */
      readonly unasked: boolean;
      readonly views: BodyViews | null;
    };

/** For people: what is masked is masked. */
export interface BodyViews {
  /** `null` where it could not be taken apart. */
  readonly before: EditBodyView | null;
  readonly after: EditBodyView | null;
  readonly diff: TextDiff | null;
  /** Why the whole body cannot be replaced; `null` where it can. */
  readonly patchOnly: string | null;
  /** Why the body cannot be edited as text at all; `null` where it can. */
  readonly closed: string | null;
}

export interface EditBodyJob {
  readonly source: Omit<Stage, 'bytes' | 'lookup'> & { readonly bytes: Uint8Array | null };
  /** `null` leaves it as it is: for looking at it. */
  readonly edit: BodyEdit | null;
  readonly withViews: boolean;
}

/** What an editor takes at most. */
export const viewCharactersMax = 512 * 1024;

/** Pure: the same body and edit make the same bytes, so that what was previewed is what is sent. It never throws. */
export function editBody(
  { source, edit, withViews }: EditBodyJob,
  lookup: SchemaLookup,
  masking?: Masking,
): EditedBody {
  const opened = openBody({ ...source, lookup });
  if (opened.kind === 'needs') return opened;
  const made =
    edit === null ? { bytes: source.bytes, writesMasked: false } : makeBody(opened, source, edit, lookup, masking);
  if ('reference' in made) return made;
  const views = withViews ? viewsOf(opened, source, made, lookup, masking) : null;
  if ('bytes' in made) return { kind: 'edited', bytes: made.bytes, writesMasked: made.writesMasked, views };
  return {
    kind: 'refused',
    problem: made.problem,
    unasked: opened.kind === 'closed' && opened.because === 'unasked',
    views,
  };
}

type Made =
  | { readonly bytes: Uint8Array | null; readonly writesMasked: boolean }
  | { readonly problem: EditProblem }
  | Extract<Opened, { readonly kind: 'needs' }>;

function makeBody(
  opened: Exclude<Opened, { readonly kind: 'needs' }>,
  source: EditBodyJob['source'],
  edit: BodyEdit,
  lookup: SchemaLookup,
  masking: Masking | undefined,
): Made {
  if (edit.kind === 'replace') {
    const hidden = hiddenIn(opened, source, masking);
    if (hidden !== null) return { problem: editProblem(hidden) };
    if ('base64' in edit) return replaceBytes(opened, source, Buffer.from(edit.base64, 'base64'), lookup);
  }
  if (opened.kind === 'closed') return { problem: editProblem(`its body cannot be edited: ${opened.why}`) };
  try {
    if (edit.kind === 'replace') {
      if (opened.format === 'binary')
        return { problem: editProblem('its body is no text: replace it by bytes in base64') };
      return { bytes: opened.close(edit.text), writesMasked: false };
    }
    if (opened.format !== 'json' || opened.text === null)
      return { problem: editProblem(`its body is no JSON (${opened.label}), and a JSON Patch edits nothing else`) };
    const operations = operationsOf(edit);
    const document = parseJson(opened.text);
    // A pattern that looks around a value may know it only where it stands, so that its place alone does not tell.
    let writes =
      masking !== undefined && masking.looksAround !== 'no-values' && masking.text(opened.text) !== opened.text;
    const guard = masking && guardMasked(masking);
    const problem = applyPatch(document, operations, (root, operation) => {
      writes ||= masking !== undefined && writesMasked(root, operation, masking);
      return guard?.(root, operation) ?? null;
    });
    if (problem) return { problem: { ...problem, text: patchProblemText(problem, operations) } };
    return { bytes: opened.close(printJson(document)), writesMasked: writes };
  } catch (error) {
    return { problem: editProblem(`its edited body cannot be written: ${misfitText(error)}`) };
  }
}

/** Messages of one batch have one and the same patch. */
const operationsKnown = new WeakMap<BodyEdit, ReturnType<typeof compilePatch>>();

function operationsOf(edit: Extract<BodyEdit, { readonly kind: 'patch' }>): ReturnType<typeof compilePatch> {
  const operations = operationsKnown.get(edit) ?? compilePatch(edit);
  operationsKnown.set(edit, operations);
  return operations;
}

function misfitText(error: unknown): string {
  return error instanceof Misfit ? error.message : reasonOf(error);
}

/** Other bytes are taken apart like the old ones: what reads them expects no less. */
function replaceBytes(
  before: Exclude<Opened, { readonly kind: 'needs' }>,
  source: EditBodyJob['source'],
  bytes: Uint8Array,
  lookup: SchemaLookup,
): Made {
  if (before.kind === 'closed' && before.because === 'unasked')
    return { problem: editProblem(`whether other bytes fit cannot be told: ${before.why}`) };
  const after = openBody({ ...source, bytes, lookup });
  if (after.kind === 'needs') return after;
  if (after.kind === 'closed' && before.kind === 'open')
    return { problem: editProblem(`the new bytes are not what its headers and its old body say: ${after.why}`) };
  if (after.kind === 'open' && before.kind === 'open' && isWrapped(before) && after.label !== before.label)
    return { problem: editProblem(`its body was ${before.label}, and the new bytes are ${after.label}`) };
  return { bytes, writesMasked: false };
}

function isWrapped({ label }: OpenBody): boolean {
  return label.includes(', then ') || /^(?:Avro|Protobuf|JSON Schema)\b/.test(label);
}

/** What is masked would be sent as it is shown: a mark in place of a value. */
function hiddenIn(
  opened: Exclude<Opened, { readonly kind: 'needs' }>,
  { bytes }: EditBodyJob['source'],
  masking: Masking | undefined,
): string | null {
  if (!masking || bytes === null) return null;
  const text = opened.kind === 'open' ? opened.text : null;
  if (text === null)
    return masking.canShowBytes(bytes)
      ? null
      : 'its whole body cannot be replaced: nobody can tell what is masked in it';
  const rules: RulesMet = new Set();
  if (masking.text(text, rules) === text) return null;
  return `its whole body cannot be replaced, because a part of it is masked (${[...rules].join(', ')}): give a JSON Patch`;
}

function viewsOf(
  opened: Exclude<Opened, { readonly kind: 'needs' }>,
  source: EditBodyJob['source'],
  made: Exclude<Made, { readonly kind: 'needs' }>,
  lookup: SchemaLookup,
  masking: Masking | undefined,
): BodyViews {
  const patchOnly = hiddenIn(opened, source, masking);
  const now = 'bytes' in made ? openBody({ ...source, bytes: made.bytes, lookup }) : opened;
  // The size of one that is compressed would tell how much of what an edit writes is in what is masked as well.
  const tellsSize =
    patchOnly === null &&
    (!('bytes' in made) || now.kind === 'needs' || hiddenIn(now, { ...source, bytes: made.bytes }, masking) === null);
  const before = opened.kind === 'open' ? viewOf(opened, source.bytes, tellsSize, masking) : null;
  const closed = opened.kind === 'closed' ? `its body cannot be edited: ${opened.why}` : null;
  if (!('bytes' in made)) return { before, after: null, diff: null, patchOnly, closed };
  const after = now.kind === 'open' ? viewOf(now, made.bytes, tellsSize, masking) : null;
  const diff = before && after && diffTexts(readable(before), readable(after));
  return { before, after, diff, patchOnly, closed };
}

function viewOf(
  { text, format, label }: OpenBody,
  bytes: Uint8Array | null,
  tellsSize: boolean,
  masking: Masking | undefined,
): EditBodyView {
  const rules: RulesMet = new Set();
  const shown = text === null ? null : (masking?.text(text, rules) ?? text);
  const cut = shown !== null && shown.length > viewCharactersMax;
  return {
    text: cut ? shown.slice(0, viewCharactersMax) : shown,
    format,
    label,
    sizeBytes: tellsSize ? (bytes?.length ?? 0) : null,
    cut,
    maskedBy: [...rules],
  };
}

/** Line by line, also where it is all on one. */
function readable({ text, format }: EditBodyView): string {
  if (text === null) return '';
  return format === 'json' ? indentJson(text, viewCharactersMax).text : text;
}

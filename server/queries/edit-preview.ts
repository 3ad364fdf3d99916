import type { z } from 'zod';
import type { EditBodyView, EditedHeaderView, editPreviewBody, EditPreview, editPreviews } from '#lib/api/edits.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { DeadLetterDetail } from '#lib/domain/dead-letter.ts';
import type { Header } from '#lib/domain/message.ts';
import type { EditProblem, MessageEdit } from '#lib/domain/message-edit.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Selection } from '#lib/domain/replay.ts';
import { checkEditOf, editProblem } from '#lib/edit/check-edit.ts';
import { setsMasked } from '#lib/edit/masked-headers.ts';
import { headerClass } from '#lib/edit/header-class.ts';
import { showHeader, type HeaderView } from '#lib/payload/show-header.ts';
import { selectionOf } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import type { EditedMessage } from '#server/payload/message-editor.ts';
import { toMessageRow } from '#server/queries/to-view.ts';

type PreviewBody = z.output<typeof editPreviewBody>;

/** What a list of previews shows of each body. */
const listedCharacters = 4_000;

/** A page ends where it is by then: each body may take seconds. */
const pageMs = 10_000;

/**
 * What an edit would make of messages, as it may be read. The same editor makes what a replay sends. A page may be shorter than asked for: it ends when it took
 * `pageMs`, and when nobody waits for it any more.
 */
export async function previewEdit(
  runtime: Runtime,
  body: PreviewBody,
  signal?: AbortSignal,
): Promise<EditPreview | z.output<typeof editPreviews>> {
  const edit = body.replayId === undefined ? body.edit : await editOf(runtime, body.replayId);
  if (body.messageId !== undefined) {
    if (edit) checkEditOf(edit, { kind: 'messages', messageIds: [body.messageId] });
    return previewOf(runtime, await runtime.store.index.getMessage(body.messageId), edit);
  }
  const selection = await selectionOf(body, runtime);
  if (edit) checkEditOf(edit, selection);
  const { ids, nextCursor } = await pageOf(runtime, selection, body);
  const previews: EditPreview[] = [];
  const until = runtime.clock.now() + pageMs;
  for (const { id, place } of ids) {
    if (previews.length > 0 && (signal?.aborted === true || runtime.clock.now() > until)) {
      const cut = await pageOf(runtime, selection, { ...body, limit: place });
      return pageView(previews, cut.nextCursor);
    }
    const preview = await previewOf(runtime, await runtime.store.index.getMessage(id), edit);
    previews.push({ ...preview, before: listed(preview.before), after: preview.after && listed(preview.after) });
  }
  return pageView(previews, nextCursor);
}

function pageView(previews: readonly EditPreview[], nextCursor: string | null): z.output<typeof editPreviews> {
  return { previews, refused: previews.filter(({ problems }) => problems.length > 0).length, nextCursor };
}

async function editOf({ store }: Runtime, replayId: string): Promise<MessageEdit> {
  const { number, options } = await store.ledger.getReplay(replayId);
  if (options.edit) return options.edit;
  throw new AppError('invalid_request', `Replay ${number} sends its messages as they are: it has no edit.`, {
    details: { field: 'replayId' },
  });
}

interface Page {
  /** `place`: how many of the selection stand before it on this page, also those that are left out. */
  readonly ids: readonly { readonly id: string; readonly place: number }[];
  readonly nextCursor: string | null;
}

async function pageOf({ store }: Runtime, selection: Selection, { cursor, limit }: PreviewBody): Promise<Page> {
  if (selection.kind === 'messages') {
    const start = cursor === undefined ? 0 : Number(/^\d{1,6}$/.exec(cursor)?.[0] ?? 'x');
    if (Number.isNaN(start))
      throw new AppError('invalid_request', 'The cursor is not from this list. Start again without one.', {
        details: { field: 'cursor' },
      });
    const page = selection.messageIds.slice(start, start + limit);
    const known = new Set((await store.index.getMessages(page)).map(({ id }) => id));
    const end = start + limit;
    return {
      ids: placed(page).filter(({ id }) => known.has(id)),
      nextCursor: end < selection.messageIds.length ? String(end) : null,
    };
  }
  const { filter, range, excluded } = selection;
  const page = await store.index.listMessages({ filter, range, cursor: cursor ?? null, limit });
  const left = new Set(excluded);
  const ids = placed(page.messages.map(({ id }) => id)).filter(({ id }) => !left.has(id));
  return { ids, nextCursor: page.nextCursor };
}

function placed(ids: readonly string[]): Page['ids'] {
  return ids.map((id, place) => ({ id, place }));
}

async function previewOf(runtime: Runtime, letter: DeadLetterDetail, edit: MessageEdit | null): Promise<EditPreview> {
  const { editor, conventions } = runtime;
  if (!editor) throw new AppError('internal', 'The console was started without an editor.');
  const { raw, kind, queueId, id } = letter;
  const connection = splitQueueId(queueId)?.connection ?? '';
  const [made] = await editor.edit({ connection, kind, edit, withViews: true, conventions }, [raw]);
  const problems = problemsOf(letter, made, edit);
  const isMade = made?.kind === 'edited' && problems.length === 0;
  const after = isMade ? made.message : raw;
  const row = toMessageRow(letter, runtime.masking);
  const said = (text: string | null) => text && (runtime.masking?.text(text) ?? text);
  return {
    messageId: id,
    queueId,
    identity: row.identity,
    before: made?.views?.before ?? (await closedView(runtime, connection, letter)),
    after: edit && isMade ? (made.views?.after ?? null) : null,
    diff: isMade && edit?.body ? (made.views?.diff ?? null) : null,
    headers: headerViews(runtime, letter, after.headers, edit),
    key: edit?.key === undefined || !isMade ? null : { before: row.key, after: keyText(runtime, letter, edit) },
    problems: problems.map(({ text, ...place }) => ({ ...place, text: runtime.masking?.text(text) ?? text })),
    patchOnly: made?.views?.patchOnly ?? null,
    closed: said(made?.views?.closed ?? null),
  };
}

function problemsOf(
  { origin }: DeadLetterDetail,
  made: EditedMessage | undefined,
  edit: MessageEdit | null,
): readonly EditProblem[] {
  if (origin.content === 'not-copied' && edit?.body)
    return [editProblem('its body is not here, but at its original place')];
  if (!made) return [editProblem('editing it failed')];
  return made.kind === 'refused' ? [made.problem] : [];
}

/** As its page shows it: what cannot be taken apart and put together again can be looked at. */
async function closedView({ payloads }: Runtime, connection: string, { raw }: DeadLetterDetail): Promise<EditBodyView> {
  const { body, headers, properties } = raw;
  const shown = await payloads.show(connection, { part: 'value', bytes: body, headers, properties });
  const text = shown.pretty ?? shown.raw ?? (shown.hex === '' ? null : shown.hex);
  const format = shown.kind === 'empty' ? 'text' : shown.kind;
  const { label, maskedBy } = shown;
  return { text, format, label, sizeBytes: maskedBy.length > 0 ? null : shown.sizeBytes, cut: true, maskedBy };
}

function headerViews(
  runtime: Runtime,
  { raw, kind }: DeadLetterDetail,
  after: readonly Header[],
  edit: MessageEdit | null,
): EditedHeaderView[] {
  const { masking } = runtime;
  const writesMasked = (headers: readonly Header[]) =>
    masking !== undefined && edit !== null && setsMasked(edit.headers, headers, masking);
  const names = [...new Set([...raw.headers, ...after].map(({ name }) => name))];
  return names.map((name) => {
    const [old = [], fresh = []] = [raw.headers, after].map((headers) =>
      headers.filter((header) => header.name === name),
    );
    const shown = (headers: readonly Header[] = []) => headers.map((header) => showHeader(header, false, runtime));
    const [was, is] = [shown(old), shown(fresh)];
    const { kind: of, why } = headerClass(name, kind, runtime.conventions);
    const change =
      is.length === 0
        ? 'removed'
        : was.length === 0
          ? 'added'
          : !writesMasked(old) && JSON.stringify(old) === JSON.stringify(fresh)
            ? 'same'
            : 'changed';
    return {
      name: (was[0] ?? is[0])?.name ?? name,
      class: of,
      why,
      change,
      before: wordsOf(was),
      after: wordsOf(is),
      maskedBy: [...new Set([...was, ...is].flatMap(({ maskedBy }) => maskedBy))],
    };
  });
}

function wordsOf(headers: readonly HeaderView[]): string | null {
  const texts = headers.flatMap(({ text }) => (text === null ? [] : [text]));
  return texts.length === 0 ? null : texts.join(', ');
}

function keyText({ masking }: Runtime, letter: DeadLetterDetail, { key }: MessageEdit): string | null {
  if (key?.kind !== 'text') return null;
  return toMessageRow({ ...letter, keyText: key.text.slice(0, 200) }, masking).key;
}

function listed(view: EditBodyView): EditBodyView {
  if (view.text === null || view.text.length <= listedCharacters) return view;
  return { ...view, text: view.text.slice(0, listedCharacters), cut: true };
}

import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter, RawMessage } from '#lib/domain/message.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import type { HeaderChange, ReplayOptions, Selection } from '#lib/domain/replay.ts';
import { checkEditOf } from '#lib/edit/check-edit.ts';
import type { MessageEditor } from '#server/payload/message-editor.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';

export interface EditDependencies {
  readonly editor: MessageEditor;
  readonly conventions?: ConventionChain | undefined;
}

/** Throws `invalid_request` where no message of the selection could be edited like this. */
export function checkPlannedEdit(selection: Selection, { edit, action }: ReplayOptions): void {
  if (edit === null) return;
  if (action !== 'replay')
    throw new AppError(
      'invalid_request',
      `A message that is ${action === 'discard' ? 'discarded' : 'restored'} stays as it was: leave the edit out.`,
      {
        details: { field: 'options.edit' },
      },
    );
  checkEditOf(edit, selection);
}

/** Contents of a plan as they will be sent, by message id: what is planned is judged as it goes. Those that cannot be edited are refused, and left out. */
export async function editContents(
  { editor, conventions }: EditDependencies,
  letters: readonly RoutedLetter[],
  contents: ReadonlyMap<string, RawDeadLetter>,
  { edit }: ReplayOptions,
  notes: PlanNotes,
): Promise<ReadonlyMap<string, RawDeadLetter>> {
  if (edit === null) return contents;
  const edited = new Map<string, RawDeadLetter>();
  for (const [connection, routed] of Map.groupBy(letters, (each) => each.connection)) {
    const here = routed.flatMap(({ letter }) => {
      const raw = contents.get(letter.id);
      return raw ? [{ letter, raw }] : [];
    });
    const [first] = here;
    if (!first) continue;
    const request = { connection, kind: first.letter.kind, edit, conventions };
    const made = await editor.edit(
      request,
      here.map(({ raw }) => raw),
    );
    for (const [index, { letter, raw }] of here.entries()) {
      const each = made[index];
      if (letter.origin.content === 'not-copied' && edit.body !== null)
        notes.refuse('edit-failed', 'cannot be edited: their body is not here, but at its original place', letter.id);
      else if (each?.kind !== 'edited')
        notes.refuse('edit-failed', `cannot be edited: ${each?.problem.text ?? 'editing failed'}`, letter.id);
      else {
        if (isSame(raw, each.message))
          notes.warn('edit-changes-nothing', 'are the same after the edit as before', letter.id);
        edited.set(letter.id, { ...raw, ...each.message });
      }
    }
  }
  return edited;
}

/** The header diff of a plan with what the edit does to headers. */
export function withHeaderEdits(changes: readonly HeaderChange[], edit: MessageEdit | null): readonly HeaderChange[] {
  if (edit === null || edit.headers.length === 0) return changes;
  const kinds = [...new Set(changes.map(({ kind }) => kind))];
  const last = new Map(edit.headers.map((each) => [each.name, each]));
  const edits = kinds.flatMap((kind) =>
    Array.from(last.values(), (each): HeaderChange => {
      const set = each.change === 'set';
      return {
        kind,
        change: set ? 'added' : 'removed',
        name: each.name,
        value: set ? each.value : null,
        why: 'by the edit',
      };
    }),
  );
  return [...edits, ...changes.filter(({ change, name }) => change !== 'kept' || !last.has(name))];
}

function isSame(a: RawMessage, b: RawMessage): boolean {
  return (
    isSameBytes(a.key, b.key) && isSameBytes(a.body, b.body) && JSON.stringify(a.headers) === JSON.stringify(b.headers)
  );
}

function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}

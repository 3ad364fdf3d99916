import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import type { HeaderChange, ReplayOptions, Selection } from '#lib/domain/replay.ts';
import { checkEditOf } from '#lib/edit/check-edit.ts';
import type { EditPatience, MessageEditor } from '#server/payload/message-editor.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';

export interface EditDependencies {
  readonly editor: MessageEditor;
  /** Of the whole plan. */
  readonly editPatience: EditPatience;
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

/** Bodies of a plan that may go beyond the limits, seconds each, before it is given up: what is wrong with them is wrong with the edit. */
export const editPatienceMax = 5;

/** Contents of a plan as they will be sent, by message id: what is planned is judged as it goes. Those that cannot be edited are refused, and left out. Throws `invalid_request` where the plan's patience is at its end. */
export async function editContents(
  { editor, conventions, editPatience }: EditDependencies,
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
    const request = { connection, kind: first.letter.kind, edit, conventions, patience: editPatience };
    const made = await editor.edit(
      request,
      here.map(({ raw }) => raw),
    );
    if (editPatience.left <= 0) throw tooSlow(edit);
    for (const [index, { letter, raw }] of here.entries()) {
      const each = made[index];
      if (letter.origin.content === 'not-copied' && edit.body !== null)
        notes.refuse('edit-failed', 'cannot be edited: their body is not here, but at its original place', letter.id);
      else if (each?.kind !== 'edited')
        notes.refuse('edit-failed', `cannot be edited: ${each?.problem.text ?? 'editing failed'}`, letter.id);
      else {
        if (each.isSame) notes.warn('edit-changes-nothing', 'are the same after the edit as before', letter.id);
        edited.set(letter.id, { ...raw, ...each.message });
      }
    }
  }
  return edited;
}

function tooSlow(edit: MessageEdit): AppError {
  return new AppError(
    'invalid_request',
    `The edit takes too much time or memory: ${editPatienceMax} messages went beyond the limits, and the others were not tried. Make the edit simpler, or select fewer messages; nothing was planned.`,
    { details: { field: edit.body === null ? 'options.edit' : 'options.edit.body' } },
  );
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

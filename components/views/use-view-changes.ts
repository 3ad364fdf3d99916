'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changeView, deleteView, saveView, viewsKey } from '#components/queries/views.ts';
import { viewToSave, type ShownView } from '#components/views/prepare-views.ts';
import { toast } from '#components/ui/toast.tsx';
import type { SavedViewRow } from '#lib/api/views.ts';

/** Saves, renames, overwrites and deletes saved views; what replaces or takes away can be undone. */
export function useViewChanges() {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: viewsKey });
  const said = (error: unknown) =>
    toast(error instanceof Error ? error.message : 'It was not changed.', { failed: true });

  const save = useMutation({
    mutationFn: ({ shown, name }: { shown: ShownView; name: string }) => saveView(viewToSave(shown, name)),
    onSuccess: (view) => toast(`“${view.name}” saved for everyone`),
    onSettled,
  });
  const restore = useMutation({
    mutationFn: ({ name, queueId, page, filter, range }: SavedViewRow) =>
      saveView({ name, queueId, page, filter, range }),
    onError: said,
    onSettled,
  });
  const rename = useMutation({
    mutationFn: ({ view, name }: { view: SavedViewRow; name: string }) => changeView(view.id, { name }),
    onSettled,
  });
  const putBack = useMutation({
    mutationFn: ({ id, queueId, page, filter, range }: SavedViewRow) =>
      changeView(id, { queueId, page, filter, range }),
    onError: said,
    onSettled,
  });
  const overwrite = useMutation({
    mutationFn: ({ view, shown }: { view: SavedViewRow; shown: ShownView }) => {
      const { name: _, ...kept } = viewToSave(shown, view.name);
      return changeView(view.id, kept);
    },
    onSuccess: (_, { view }) => toast(`“${view.name}” is now what you see`, { undo: () => putBack.mutate(view) }),
    onError: said,
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (view: SavedViewRow) => deleteView(view.id),
    onSuccess: (_, view) => toast(`“${view.name}” deleted`, { undo: () => restore.mutate(view) }),
    onError: said,
    onSettled,
  });
  return { save, rename, overwrite, remove };
}

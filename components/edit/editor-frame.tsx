'use client';

import clsx from 'clsx';
import dynamic from 'next/dynamic';
import type { ReactNode } from 'react';
import { EditorKeys } from '#components/edit/plan-button.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';

export const CodeEditor = dynamic(
  () => import('#components/edit/code-editor.tsx').then((module) => module.CodeEditor),
  {
    ssr: false,
    loading: () => <SkeletonRows count={8} rowClass="h-5" label="Loading the editor" />,
  },
);

/** By which an editor is described. */
export const mistakeId = 'edit-mistake';

/** An editor of a height of its own, what is wrong in it, else a hint, and its keys. */
export function EditorFrame({
  heightClass,
  mistake,
  hint,
  children,
}: {
  heightClass: string;
  mistake: string | null;
  hint: string;
  children: ReactNode;
}) {
  return (
    <>
      <div
        className={clsx(
          'flex min-h-56 flex-col rounded-md border border-control focus-within:outline-2 focus-within:outline-accent',
          heightClass,
        )}
      >
        {children}
      </div>
      <p
        id={mistakeId}
        role="status"
        className={clsx('mt-1.5 min-h-5 text-xs', mistake ? 'text-failing' : 'text-faint')}
      >
        {mistake ?? hint}
      </p>
      <EditorKeys />
    </>
  );
}

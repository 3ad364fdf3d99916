'use client';

import { Toast as Base } from '@base-ui/react/toast';
import clsx from 'clsx';
import { X } from 'lucide-react';
import { buttonClass } from '#components/ui/button.tsx';

const manager = Base.createToastManager();

/** What can be undone or went wrong stays longer than other consoles show it; what only says that it was done is soon out of the way. */
const shownMs = { toAct: 10_000, toRead: 4_000 } as const;

/**
 * Says what was just done, where the eye is not, and offers to undo it. An outcome that needs a person belongs on the page instead:
 * toasts go by themselves.
 */
export function toast(words: string, options: { undo?: () => void; failed?: boolean } = {}): void {
  const id = manager.add({
    title: words,
    timeout: options.undo || options.failed ? shownMs.toAct : shownMs.toRead,
    ...(options.failed ? { type: 'failed', priority: 'high' } : {}),
    ...(options.undo
      ? {
          actionProps: {
            children: 'Undo',
            onClick: () => {
              manager.close(id);
              options.undo?.();
            },
          },
        }
      : {}),
  });
}

/** Mounted once. F6 leads to what is shown. */
export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(420px,calc(100vw-32px))] flex-col gap-2">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts } = Base.useToastManager();
  return toasts.map((each) => (
    <Base.Root
      key={each.id}
      toast={each}
      data-toast
      swipeDirection={['right', 'down']}
      className={clsx(
        'rounded-md border bg-panel shadow-float data-[limited]:hidden',
        each.type === 'failed' ? 'border-failing text-failing' : 'border-line-strong',
      )}
    >
      <Base.Content className="flex items-center gap-2 py-1.5 pr-1.5 pl-3">
        <Base.Title render={<p />} className="min-w-0 flex-1 break-words" />
        <Base.Action className={buttonClass('plain', 'small')} />
        <Base.Close
          aria-label="Close"
          className="grid size-6 shrink-0 place-items-center rounded text-faint hover:text-text"
        >
          <X size={13} aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

'use client';

import { X } from 'lucide-react';
import { useState } from 'react';
import { introCookie } from '#components/overview/intro-cookie.ts';

/** What this is, once, for someone who has just started the sandbox. */
export function SandboxIntro() {
  const [hidden, setHidden] = useState(false);
  if (hidden) return null;
  return (
    <div role="note" className="mb-3.5 flex items-start gap-2 rounded-md bg-accent-soft py-1.5 pr-1.5 pl-3">
      <p className="min-w-0 flex-1 py-0.5">
        <b className="font-semibold">This is the sandbox:</b> a small shop on real brokers whose services really fail.
        Open a queue, replay a message and see it come back; then mend its service under{' '}
        <b className="font-semibold">Sandbox</b>, bottom left, replay again, and it stays gone.
      </p>
      <button
        type="button"
        aria-label="Hide this explanation"
        onClick={() => {
          document.cookie = `${introCookie}=hidden; path=/; max-age=31536000; samesite=lax`;
          setHidden(true);
        }}
        className="grid size-6 shrink-0 place-items-center rounded text-soft hover:text-text"
      >
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}
